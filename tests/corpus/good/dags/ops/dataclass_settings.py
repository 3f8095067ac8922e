"""Settings as a dataclass and as a pydantic model, tasks through closures and loops."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

import yaml
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, Variable, dag, task
from pydantic import BaseModel, Field


@dataclass
class Source:
    name: str
    pool: str = "default_pool"
    after: list[str] = field(default_factory=list)


class Settings(BaseModel):
    regions: list[str] = Field(min_length=1)
    orders: dict[str, str | int]


SETTINGS = Settings.model_validate(yaml.safe_load((Path(__file__).parents[2] / "configs/sales.yaml").read_text()))
SOURCES = [Source("crm"), Source("erp", "api", ["crm"]), Source("web", after=["crm", "erp"])]


def reader(source: Source):
    def read(ti=None, **kwargs):
        for name in source.after:
            print(ti.xcom_pull(task_ids=f"read_{name}"))
        return asdict(source)

    read.__name__ = f"read_{source.name}"
    return read


with DAG("ops_sources", schedule="@daily", start_date=datetime(2025, 1, 1), catchup=False) as sources:
    made = {s.name: PythonOperator(task_id=f"read_{s.name}", python_callable=reader(s), pool=s.pool) for s in SOURCES}
    for source in SOURCES:
        for name in source.after:
            made[name] >> made[source.name]

    @task
    def limit(factor: int = 2) -> int:
        key = "batch_size" if factor > 1 else "batch_size"
        return int(Variable.get(key)) * factor

    made["web"] >> limit()


def make(region: str):
    @dag(dag_id=f"ops_region_{region}", schedule="@daily", start_date=datetime(2025, 1, 1), catchup=False)
    def workflow(table: str = SETTINGS.orders["table"]):
        @task
        def load(ds=None, params=None):
            return params["table"], ds

        @task
        def parameter(value: str):
            return value

        load() >> parameter(table)

    return workflow()


regions = [make(region) for region in SETTINGS.regions]
