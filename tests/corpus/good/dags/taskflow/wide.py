"""More of TaskFlow: default arguments, nested groups that are mapped, lists of results, results as arguments of operators."""

from __future__ import annotations

from datetime import datetime, timedelta

from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.providers.standard.sensors.external_task import ExternalTaskSensor
from airflow.sdk import BaseHook, Variable, chain, dag, task, task_group


@dag(
    dag_id="taskflow_wide",
    schedule="@daily",
    start_date=datetime(2025, 1, 1),
    catchup=False,
    default_args={"retries": 2, "conn_id": "warehouse", "execution_timeout": timedelta(minutes=5)},
)
def wide(table: str = "orders", limit: int = 10):
    @task.branch
    def which(limit: int) -> str:
        return "many.big" if limit > 5 else "many.small"

    @task_group
    def many():
        @task
        def big(): ...

        @task
        def small(): ...

        return [big(), small()]

    @task(multiple_outputs=True)
    def config(name: str = "warehouse") -> dict[str, str]:
        return {"host": BaseHook.get_connection(name).host, "size": Variable.get("batch_size")}

    @task
    def ids(count=None) -> list[dict[str, str]]:
        return [{"trigger_run_id": f"run_{number}"} for number in range(int(count))]

    @task_group
    def each(number: int):
        @task_group
        def inner(value):
            @task
            def one(value):
                return value

            @task
            def two(value, ti=None):
                return value, ti.xcom_pull(task_ids="each.inner.one", map_indexes=ti.map_index)

            return two(one(value))

        return inner(number)

    @task
    def collect(values, **context):
        return [value for value in values if value is not None]

    @task.short_circuit
    def any_rows(values: list) -> bool:
        return len(values) > 0

    settings = config()
    query = SQLExecuteQueryOperator(
        task_id="query", sql="select * from orders where host = '{{ ti.xcom_pull('config', key='host') }}' limit {{ params.limit }}"
    )
    shell = BashOperator(task_id="shell", bash_command="echo", env={"HOST": settings["host"], "TABLE": table})
    wait = ExternalTaskSensor(task_id="wait", external_dag_id="sales_orders", external_task_id="loaded", check_existence=True)
    start = TriggerDagRunOperator.partial(task_id="start", trigger_dag_id="reporting").expand_kwargs(ids(settings["size"]))
    collected = collect(each.expand(number=[1, 2, 3]))
    picked = which(limit)
    chain(wait, settings, [query, shell], picked)
    picked >> many()
    any_rows(collected) >> start


wide()
