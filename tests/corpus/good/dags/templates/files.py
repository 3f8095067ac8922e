from datetime import datetime
from pathlib import Path

from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG
from lib.operators.billing import BillingToTableOperator

HERE = Path(__file__).parent

with DAG(
    "templates_files",
    schedule="@daily",
    start_date=datetime(2025, 1, 1),
    catchup=False,
    template_searchpath=[str(HERE.parent / "sales"), str(HERE.parent / "scripts")],
    params={"table": "orders"},
    doc_md=(HERE.parent / "docs" / "files.md").read_text(),
):
    load = SQLExecuteQueryOperator(task_id="load", conn_id="warehouse", sql="sql/load.sql", params={"minimum": 3})
    many = SQLExecuteQueryOperator(task_id="many", conn_id="warehouse", sql=["sql/load.sql", "select 1;", "sql/clean.sql"])
    near = SQLExecuteQueryOperator(task_id="near", conn_id="warehouse", sql="local.sql")
    shell = BashOperator(task_id="shell", bash_command="export.sh")
    named = BashOperator(task_id="named", bash_command=f"{HERE.parent}/scripts/export.sh --day {{{{ ds }}}} ")
    own = BillingToTableOperator(task_id="own", since="{{ ds }}", table="x", sql="sql/clean.sql")
    each = SQLExecuteQueryOperator.partial(task_id="each", conn_id="warehouse").expand(sql=["sql/load.sql", "select 2"])
    load >> many >> near >> shell >> named >> own >> each
