from datetime import datetime

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, TaskGroup, XComArg

IDS = ["one", "two"]


def push(ti, **_):
    ti.xcom_push(key="path", value="x")


def pull(ti=None, **context):
    print(ti.xcom_pull(task_ids=IDS), ti.xcom_pull(key="path"), ti.xcom_pull("one"))
    print(context["task_instance"].xcom_pull(dag_id="invoices", task_ids="copy", include_prior_dates=True))
    print(context["ti"].xcom_pull(task_ids="templates_pulls_later", include_prior_dates=True, default=None))
    for task_id in context["task"].upstream_task_ids:
        print(ti.xcom_pull(task_ids=task_id))
    return [ti.xcom_pull(task_ids=f"group.{name}") for name in ("a", "b")]


with DAG("templates_pulls", schedule="@daily", start_date=datetime(2025, 1, 1), catchup=False):
    one = PythonOperator(task_id="one", python_callable=push)
    two = BashOperator(task_id="two", bash_command="echo 2", do_xcom_push=True)
    with TaskGroup("group") as group:
        a, b = (BashOperator(task_id=name, bash_command=f"echo {name}") for name in "ab")
    pulled = PythonOperator(task_id="pulled", python_callable=pull)
    shell = BashOperator(
        task_id="shell",
        bash_command=(
            "echo {{ ti.xcom_pull(task_ids='group.a') }} {{ task_instance.xcom_pull(task_ids=['one', 'two'], key='path')[0] }} "
            "{{ ti.xcom_pull('two') | trim }} {{ ti.xcom_pull(key='path') }} {{ ti.xcom_pull(task_ids='copy', dag_id='invoices') }} "
            "{% for name in ['a', 'b'] %}{{ ti.xcom_pull(task_ids='group.' ~ name) }}{% endfor %}"
        ),
        env={"ONE": one.output["path"], "TWO": XComArg(two)},
    )
    later = PythonOperator(task_id="templates_pulls_later", python_callable=print, op_args=[shell.output])
    [one, two] >> group >> pulled >> shell
    pulled >> later
