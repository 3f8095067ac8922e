"""Importing Airflow once, and all that reading a file needs besides, so that no process has to."""

import gc
import importlib
import logging
import shutil
import sys
import warnings
from pathlib import Path
from typing import Final

import structlog

from airflow import settings
from airside.inspection import lookups
from airside.inspection.one_file import read_file
from airside.inspection.places import Tree
from airside.inspection.recording import Recorder

_COMMON: Final = (
    "airflow.sdk",
    "airflow.providers.standard.decorators.bash",
    "airflow.providers.standard.decorators.python",
    "airflow.providers.standard.operators.bash",
    "airflow.providers.standard.operators.empty",
    "airflow.providers.standard.operators.python",
)
"""What most DAG files import."""

_SAMPLE: Final = '''\
from datetime import datetime, timedelta
from airflow.sdk import DAG, Asset, TaskGroup, dag, task
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.python import PythonOperator


def work(day):
    return {"day": day}


with DAG("classic", schedule="0 3 * * *", start_date=datetime(2026, 1, 1), params={"n": 1}, tags=["a"]) as classic:
    first = BashOperator(task_id="first", bash_command="echo {{ ds }} {{ var.value.get('x', 'y') }}", retries=1)
    with TaskGroup("group"):
        PythonOperator(task_id="work", python_callable=work, op_kwargs={"day": "{{ ds }}"}, outlets=[Asset("a")])
    first >> classic.get_task("group.work")


@dag(schedule=[Asset("a")], start_date=datetime(2026, 1, 1), default_args={"retry_delay": timedelta(minutes=1)})
def flow():
    """Documentation."""

    @task(retries=2)
    def rows():
        return [1, 2]

    @task
    def each(row):
        return row

    each.expand(row=rows())


flow()
'''
"""A file that fills the caches that Airflow fills when it first reads one."""


def warm_up(folder: Path) -> None:
    """Import Airflow, set it up, and read a file; `folder` is for that file."""
    _silence()
    initialize()
    lookups.prepare()
    read_a_sample(folder)
    share_memory()


def initialize() -> None:
    """Set Airflow up, and import what most DAG files do."""
    _initialize()
    for module in _COMMON:
        try:
            importlib.import_module(module)
        except ImportError:
            # A workspace may do without the standard provider.
            continue


def share_memory() -> None:
    """Have what there is now shared with processes to come: their collector does not look at it."""
    gc.collect()
    gc.freeze()
    # A process lives for milliseconds: most never have to collect anything.
    gc.set_threshold(50_000, 20, 20)


def _silence() -> None:
    """Turn logging off: nobody reads it, and writing a line for each workflow takes a tenth of the time."""
    logging.disable(logging.CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


def _initialize() -> None:
    """Do what `airflow.settings.initialize` (3.3.2) does, but for logging, telemetry and the ORM."""
    # Without these, custom timetables are unknown and the policies of the environment do not run.
    settings.configure_vars()
    settings.prepare_syspath_for_config_and_plugins()
    settings.load_policy_plugins(settings.get_policy_plugin_manager())
    settings.import_local_settings()


def read_a_sample(folder: Path) -> None:
    """Read a DAG file, which is made in `folder`, and forget it."""
    folder.mkdir()
    (folder / "sample.py").write_text(_SAMPLE)
    modules, paths, show = set(sys.modules), list(sys.path), warnings.showwarning
    tree = Tree(folder)
    read_file(tree, "sample.py", Recorder(tree, network=False, tell=lambda _: None))
    # Its own traces go; what Airflow imported for it stays.
    for name in set(sys.modules) - modules:
        if tree.path(getattr(sys.modules[name], "__file__", None)):
            del sys.modules[name]
    sys.path[:] = paths
    warnings.showwarning = show
    shutil.rmtree(folder)
