"""Classes around workflows, inheritance between operators, class attributes, properties, closures over closures."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from datetime import datetime
from enum import Enum
from itertools import pairwise
from types import SimpleNamespace
from typing import ClassVar

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.python import BranchPythonOperator, PythonOperator
from airflow.sdk import DAG, BaseHook, TaskGroup, Variable, chain, task


class Step(str, Enum):
    READ = "read"
    WRITE = "write"


class Keys:
    SIZE = "batch_size"
    TABLES: ClassVar[dict[str, str]] = {"orders": "warehouse", "shops": "warehouse_replica"}


SETTINGS = SimpleNamespace(conn="warehouse", keys=Keys, prefix="make")
MESSAGES = defaultdict(list)


class Pipeline(ABC):
    conn_id = "warehouse"
    branches = ("fast", "slow")

    @property
    def host(self):
        return BaseHook.get_connection(self.conn_id).host

    @abstractmethod
    def name(self): ...

    def choose(self, **context):
        if context["params"].get("slow"):
            return f"{self.name()}.{self.branches[1]}"
        return f"{self.name()}.{self.branches[0]}"

    def work(self, speed, ti=None):
        first = ti.xcom_pull(task_ids=f"{self.name()}.choose")
        return self.host, Variable.get(SETTINGS.keys.SIZE), speed, first

    def build(self):
        with TaskGroup(self.name()) as group:
            choose = BranchPythonOperator(task_id="choose", python_callable=self.choose)
            choose >> [
                PythonOperator(task_id=speed, python_callable=self.work, op_kwargs={"speed": speed})
                for speed in self.branches
            ]
        return group


class Orders(Pipeline):
    def name(self):
        return "orders"


class Shops(Pipeline):
    conn_id = "warehouse_replica"

    def name(self):
        return "shops"

    def work(self, speed, **context):
        return super().work(speed, ti=context["ti"])


def outer(table):
    conn = Keys.TABLES[table]

    def middle():
        def inner():
            return BaseHook.get_connection(conn).host

        return inner()

    return middle


with DAG("ops_classes", schedule="@daily", start_date=datetime(2025, 1, 1), catchup=False, params={"slow": False}) as dag:
    groups = [kind().build() for kind in Pipeline.__subclasses__()]
    steps = [BashOperator(task_id=step.value, bash_command=f"echo {step.name}") for step in Step]
    hosts = [PythonOperator(task_id=f"host_{table}", python_callable=outer(table)) for table in Keys.TABLES]
    for left, right in pairwise(steps):
        left >> right
    chain(*hosts)

    @task(trigger_rule="all_done")
    def summary(ti=None):
        for step in Step:
            print(ti.xcom_pull(task_ids=step.value))
        for table, conn in Keys.TABLES.items():
            MESSAGES[table].append((ti.xcom_pull(task_ids=f"host_{table}"), conn))
        for kind in ("fast", "slow"):
            for table in Keys.TABLES:
                print(ti.xcom_pull(task_ids=f"{table}.{kind}"))
        hosts = {table: BaseHook.get_connection(conn).host for table, conn in Keys.TABLES.items()}
        return hosts

    [*groups, steps[-1], hosts[-1]] >> summary()
