from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.sdk import dag, get_current_context, task

if TYPE_CHECKING:
    from airflow.sdk import Context, TaskInstance


@dag(schedule=None, params={"table": "orders", "rows": 10}, tags=["taskflow"])
def taskflow_context():
    @task
    def by_name(ds: str, ti: TaskInstance, params: dict, dag_run=None, logical_date=None, *, run_id=None) -> str:
        print(ds, ti.task_id, params["table"], dag_run.conf, logical_date, run_id)
        return ds

    @task
    def by_keywords(day: str, **context: Any) -> dict[str, Any]:
        print(context["data_interval_start"], context["params"]["rows"], day)
        return {"a": 1, "b": [1, 2]}

    @task(multiple_outputs=True)
    def many(found: dict, **kwargs) -> dict[str, int]:
        ti = kwargs["ti"]
        print(ti.xcom_pull(task_ids="by_keywords"), kwargs["task"].task_id)
        return {"left": 1, "right": 2}

    @task
    def current(left: int, right: int = 3) -> int:
        context: Context = get_current_context()
        ti = context["task_instance"]
        ti.xcom_push("sum", left + right)
        return ti.xcom_pull(task_ids="many", key="left")

    @task(task_id="renamed", retries=1, execution_timeout=None)
    def other(value, **_):
        return value

    found = by_keywords(by_name())
    outputs = many(found)
    other(current(outputs["left"], right=outputs["right"])) >> other.override(task_id="again", pool="api")(value=1)


taskflow_context()
