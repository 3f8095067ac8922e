from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import dag, task
from lib.decorators import retried, timed, unwrapped
from lib.settings import START


@timed
def classic(table, rows=1, **context):
    return table, rows, context["ds"]


@unwrapped
def hidden(table):
    return table


@dag(schedule="@daily", start_date=START, catchup=False)
def taskflow_decorated():
    @task
    @timed
    def first(a: int, b: int = 2) -> int:
        return a + b

    @task(retries=3)
    @retried(times=2)
    @timed
    def second(value: int, ds=None) -> int:
        return value

    second(first(1, b=3)) >> [
        PythonOperator(task_id="classic", python_callable=classic, op_kwargs={"table": "x"}),
        PythonOperator(task_id="hidden", python_callable=hidden, op_kwargs={"table": "x"}),
    ]


taskflow_decorated()
