"""Values that are no texts in template fields, and texts that only look like files."""

from datetime import datetime, timedelta

from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, literal

JSON = '{"a": {"b": "{c}"}}'
REGEX = r"^\d{3}-[a-z]{2}$"
AWK = "awk '{print $1}' | sed 's/{//' "


def take(*args, **kwargs):
    print(args, kwargs)


with DAG("templates_native", schedule="@daily", start_date=datetime(2025, 1, 1), catchup=False):
    PythonOperator(
        task_id="take",
        python_callable=take,
        op_args=[1, None, timedelta(1), {"a": JSON}, datetime(2025, 1, 1), REGEX, {"x", "y"}, lambda: 1, object],
        op_kwargs={"raw": literal("{{ no_template }}"), "pattern": "{year}/{month}", "when": datetime(2025, 1, 1)},
    )
    BashOperator(task_id="awk", bash_command=AWK + "&& echo '{{ '{{' }} x {{ '}}' }}' && ./run.sh ", env={"JSON": JSON})
    BashOperator(task_id="heredoc", bash_command="cat <<EOF\n{% raw %}{{ left }}{% endraw %}\nEOF\n/opt/app/start.sh --now")
    BashOperator(task_id="listed", bash_command="for i in 1 2; do echo ${i}; done; date +%Y%m%d # {{ ds }}")
    SQLExecuteQueryOperator(
        task_id="array", conn_id="warehouse", sql="select '{1,2,3}'::int[], '{\"a\": 1}'::jsonb, to_char(now(), 'YYYY')"
    )
