"""A workflow that is run before all others: it fills the caches that Airflow fills at its first run."""

import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from airflow.sdk.bases.xcom import BaseXCom
from airflow.sdk.execution_time import task_runner, xcom

from airside.testing.engine import run as engine
from airside.testing.given import Given, Tier
from airside.testing.processes.dag_files import DagFile
from airside.testing.tasks import outputs
from airside.testing.tasks.settling import settle

_SAMPLE: Final = '''\
from datetime import datetime
from airflow.sdk import Asset, BaseHook, Param, TaskGroup, Variable, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException


@dag(schedule="0 3 * * *", start_date=datetime(2026, 1, 1), params={"n": Param(1, type="integer")}, tags=["a"])
def sample():
    """Documentation."""

    @task(retries=1, outlets=[Asset("a")])
    def rows():
        Variable.get("v")
        BaseHook.get_connection("c")
        if get_current_context()["ti"].try_number == 1:
            raise ValueError("once")
        return [1, {"two": 2}]

    @task
    def each(row):
        print(row)
        return row

    @task.branch
    def choose(day, text="{{ var.value.v }} {{ conn.c.host }} {{ params.n }} {{ ds }}"):
        return "last"

    @task(trigger_rule="none_failed")
    def last(values):
        raise AirflowSkipException

    @task.bash
    def shell():
        return "echo {{ ds }}"

    with TaskGroup("group"):
        shell()
    made = each.expand(row=rows())
    choose("{{ ds }}") >> last(made)


sample()
'''

_SMALL: Final = """\
from datetime import datetime
from airflow.sdk import dag, task


@dag(schedule=None, start_date=datetime(2026, 1, 1))
def small():
    @task
    def rows():
        print(1)
        return [1]

    rows()


small()
"""
_folder: list[Path] = []


def run_a_sample(folder: Path) -> None:
    """Run a workflow, whose file is made in `folder`, in this process, and forget it.

    Airflow's own caches stay; what a run changes besides is as it was.
    """
    folder.mkdir()
    for name, text in (("sample", _SAMPLE), ("small", _SMALL)):
        (folder / f"{name}.py").write_text(text)
    _folder.append(folder)
    run_the_sample(engine.run, "fast")


def run_the_sample(run: Callable[[Any, Given], object], tier: Tier) -> None:
    """Run it by what runs workflows in that tier."""
    _run("sample", run, tier)


def run_again() -> None:
    """Run a small workflow, so that what a run touches is there."""
    _run("small", engine.run, "fast")


def _run(name: str, run: Callable[[Any, Given], object], tier: Tier) -> None:
    folder = _folder[-1]
    connections = {"c": {"conn_type": "http", "host": "h"}}
    given = Given(dag_id=name, variables={"v": "1"}, connections=connections, tier=tier)
    with _as_it_was(folder):
        settle(given, folder)
        run(DagFile(folder, folder, folder / f"{name}.py").read().dags[name], given)


@contextmanager
def _as_it_was(folder: Path) -> Iterator[None]:
    modules, paths, show = set(sys.modules), list(sys.path), warnings.showwarning
    environment = dict(os.environ)  # noqa: TID251 - to put it back
    backend = xcom.XCom
    _store_by(BaseXCom)
    try:
        yield
    finally:
        for name in set(sys.modules) - modules:
            if (getattr(sys.modules[name], "__file__", None) or "").startswith(str(folder)):
                del sys.modules[name]
        _store_by(backend)
        sys.path[:] = paths
        warnings.showwarning = show
        os.environ.clear()  # noqa: TID251 - as above
        os.environ.update(environment)  # noqa: TID251 - as above


def _store_by(backend: type) -> None:
    """Let XComs go through this class: that of the deployment may reach a real system, and nobody wants that here."""
    modules: tuple[Any, ...] = (xcom, task_runner, outputs)
    for module in modules:
        module.XCom = backend
