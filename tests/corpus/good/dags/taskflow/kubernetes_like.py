"""A decorator of the workspace's own, as @task.kubernetes is one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import dag
from airflow.sdk.bases.decorator import DecoratedOperator, task_decorator_factory


class PodDecoratedOperator(DecoratedOperator, PythonOperator):
    custom_operator_name = "@pod"
    template_fields: Sequence[str] = ("op_args", "op_kwargs", "image", "env_vars")

    def __init__(self, *, image: str, env_vars: dict | None = None, op_args=(), op_kwargs=None, **kwargs: Any) -> None:
        kwargs_to_upstream = {"python_callable": kwargs["python_callable"], "op_args": op_args, "op_kwargs": op_kwargs}
        super().__init__(kwargs_to_upstream=kwargs_to_upstream, op_args=op_args, op_kwargs=op_kwargs, **kwargs)
        self.image = image
        self.env_vars = env_vars


def pod(function: Callable | None = None, **kwargs: Any):
    return task_decorator_factory(
        python_callable=function, decorated_operator_class=PodDecoratedOperator, **kwargs
    )


@dag(schedule=None, start_date=datetime(2025, 1, 1))
def kubernetes_like():
    @pod(image="registry.internal/etl:{{ ds_nodash }}", env_vars={"DAY": "{{ ds }}"})
    def crunch(rows: int, ds=None) -> int:
        return rows

    crunch(crunch(2))


kubernetes_like()
