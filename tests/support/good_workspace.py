"""A workspace of many good DAG files: what a check of a real one costs, and must not complain about."""

from pathlib import Path

_SETTINGS = """\
[workspace]
name = "{name}"
include = ["lib"]

[environments.dev]
"""

_TASKFLOW = '''\
"""Orders of region {number}, TaskFlow."""

from datetime import datetime

from airflow.sdk import dag, task
from lib.sizes import size


@dag(schedule="@daily", start_date=datetime(2026, 1, 1), catchup=False, tags=["orders"], doc_md=__doc__)  # noqa: DTZ001
def orders_{number}():
    @task
    def check() -> int:
        return size({number})

    @task(retries=2)
    def extract(rows: int) -> list[int]:
        return list(range(rows))

    @task
    def transform(rows: list[int]) -> list[int]:
        return [row * 2 for row in rows]

    @task
    def load(rows: list[int]) -> int:
        return len(rows)

    @task(trigger_rule="all_done")
    def summary(rows: int) -> None:
        print(rows)

    summary(load(transform(extract(check()))))


orders_{number}()
'''

_CLASSIC = '''\
"""Invoices of region {number}, classic operators."""

from datetime import datetime, timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG
from lib.sizes import size


def count(region, rows=10):
    return size(region) + rows


with DAG(
    "invoices_{number}",
    schedule="{minute} 3 * * *",
    start_date=datetime(2026, 1, 1),  # noqa: DTZ001
    catchup=False,
    default_args={{"retries": 2, "retry_delay": timedelta(minutes=5)}},
    tags=["invoices"],
):
    check = BashOperator(task_id="check", bash_command="test -n '{{{{ ds }}}}'")
    extract = PythonOperator(task_id="extract", python_callable=count, op_kwargs={{"region": {number}}})
    transform = BashOperator(task_id="transform", bash_command="echo {{{{ ti.xcom_pull(task_ids='extract') }}}}")
    load = BashOperator(task_id="load", bash_command="echo {{{{ params.table }}}}", params={{"table": "invoices"}})
    summary = BashOperator(task_id="summary", bash_command="echo {{{{ run_id }}}}", trigger_rule="all_done")
    check >> extract >> transform >> load >> summary
'''

_LIBRARY = '''\
"""What the workflows share."""


def size(region: int) -> int:
    """Return how many rows a region has."""
    return region * 10
'''


def write_good_workspace(root: Path, files: int = 300) -> Path:
    """Write a workspace with `files` DAG files of five tasks each, half of them TaskFlow, and return it."""
    (root / "dags").mkdir(parents=True)
    (root / "lib").mkdir()
    (root / "airside.toml").write_text(_SETTINGS.format(name="good"))
    (root / "lib" / "__init__.py").write_text("")
    (root / "lib" / "sizes.py").write_text(_LIBRARY)
    for number in range(files):
        text = (_TASKFLOW if number % 2 else _CLASSIC).format(number=number, minute=number % 60)
        (root / "dags" / f"flow_{number:03d}.py").write_text(text)
    return root
