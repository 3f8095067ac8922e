"""Airflow's own code without its processes: a metadata database, a dag processor that ends, what a worker loads.

A few tenths of a second for what a running Airflow takes half a minute for. Import it after the environment
variables of Airflow are set.
"""

import importlib
import json
import multiprocessing
import os
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from airflow.api_fastapi.execution_api.app import InProcessExecutionAPI
from airflow.callbacks.callback_requests import DagCallbackRequest
from airflow.dag_processing.bundles.base import BaseDagBundle, BundleVersion
from airflow.dag_processing.manager import DagFileProcessorManager
from airflow.executors.workloads import ExecuteTask
from airflow.jobs.job import Job
from airflow.jobs.scheduler_job_runner import SchedulerJobRunner
from airflow.models import import_all_models
from airflow.models.dag import DagModel
from airflow.models.dag_version import DagVersion
from airflow.models.dagrun import DagRun
from airflow.models.db_callback_request import DbCallbackRequest
from airflow.models.errors import ParseImportError
from airflow.models.serialized_dag import SerializedDagModel
from airflow.models.taskinstance import TaskInstance, clear_task_instances
from airflow.sdk.api.datamodels._generated import TIRunContext
from airflow.sdk.execution_time import task_runner
from airflow.sdk.execution_time.comms import StartupDetails
from airflow.utils import db
from airflow.utils.session import create_session
from airflow.utils.state import DagRunState, TaskInstanceState
from airflow.utils.types import DagRunTriggeredByType, DagRunType
from sqlalchemy import delete, select

from airflow import settings

COMMIT = "b75787f06dc8ac76867a97fedf0d330cdc06fc3e"
_FORK = multiprocessing.get_context("fork")
_PATIENCE = 120.0


class CommitBundle(BaseDagBundle):  # type: ignore[misc]  # Airflow's class is untyped here
    """Stands for `GitDagBundle`: its versions are commits, and it refuses every other one."""

    supports_versioning = True

    def __init__(self, *, folder: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._folder = Path(folder)

    @property
    def path(self) -> Path:
        """The folder, whatever the version."""
        return self._folder

    def initialize(self) -> None:
        """As `GitDagBundle` does."""
        if self.version not in {None, COMMIT}:
            raise RuntimeError(f"Version {self.version} not found in the repository")
        super().initialize()

    def get_current_version(self) -> BundleVersion:
        """Return the one commit there is."""
        return BundleVersion(version=COMMIT)

    def refresh(self) -> None:
        """Nothing is fetched."""


def local(name: str, folder: Path) -> dict[str, Any]:
    """Return the configuration of a bundle without versions, as a folder, S3DagBundle and git-sync are."""
    path = "airflow.dag_processing.bundles.local.LocalDagBundle"
    return {"name": name, "classpath": path, "kwargs": {"path": str(folder), "refresh_interval": 0}}


def commits(name: str, folder: Path) -> dict[str, Any]:
    """Return the configuration of a bundle whose versions are commits."""
    kwargs = {"folder": str(folder), "refresh_interval": 0}
    return {"name": name, "classpath": "small_airflow.CommitBundle", "kwargs": kwargs}


def releases(name: str, store: str) -> dict[str, Any]:
    """Return the configuration of a bundle that follows the environment `production` of `store`."""
    kwargs = {"store": store, "environment": "production", "refresh_interval": 0}
    return {"name": name, "classpath": "airside.airflow.ReleaseBundle", "kwargs": kwargs}


def _warm_up() -> None:
    """Do here, once, what every dag processor would do after its fork, a second long."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Airflow's own
        importlib.import_module("starlette.testclient")
        assert InProcessExecutionAPI().app


def make_database() -> None:
    """Make the tables of Airflow in the database that it is configured for."""
    import_all_models()
    _warm_up()
    with create_session() as session:
        db._create_db_from_orm(session=session)
    db.synchronize_log_template()


class SmallAirflow:
    """An Airflow that has one workflow, `orders`, once that is parsed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def configure(self, *bundles: dict[str, Any], **options: str) -> None:
        """Set `dag_bundle_config_list`, and options of `[dag_processor]`."""
        values = {
            "DAG_BUNDLE_CONFIG_LIST": json.dumps(bundles),
            "BUNDLE_REFRESH_CHECK_INTERVAL": "0",
            "PARSING_CLEANUP_INTERVAL": "0",
            "DISABLE_BUNDLE_VERSIONING": "False",
        } | {key.upper(): value for key, value in options.items()}
        for key, value in values.items():
            self._monkeypatch.setenv(f"AIRFLOW__DAG_PROCESSOR__{key}", value)
        self._monkeypatch.setenv("AIRFLOW__CORE__MIN_SERIALIZED_DAG_UPDATE_INTERVAL", "0")

    def parse(self, *bundle_names: str) -> None:
        """Do what `airflow dag-processor --num-runs 1`, with a `--bundle-name` for each name, does.

        In a process of its own, as it takes signals, sockets and environment variables for itself.
        """
        process = _FORK.Process(target=_process_files, args=(list(bundle_names),))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # from Python 3.12 on, of a fork beside threads
            process.start()
        process.join(_PATIENCE)
        process.kill()
        process.join()
        assert process.exitcode == 0, "the dag processor has died; its last words are above"

    def unpause(self) -> None:
        """Let `orders` be scheduled."""
        with create_session() as session:
            session.get_one(DagModel, "orders").is_paused = False

    def start(self, run_id: str) -> None:
        """Let somebody start a run of `orders`; none of its tasks has begun."""
        now = datetime.now(UTC) - timedelta(hours=1)
        with create_session() as session:
            workflow = SerializedDagModel.get_dag("orders", session=session)
            assert workflow is not None
            workflow.create_dagrun(
                run_id=run_id,
                logical_date=now,
                run_after=now,
                data_interval=(now, now),
                run_type=DagRunType.MANUAL,
                triggered_by=DagRunTriggeredByType.TEST,
                state=DagRunState.RUNNING,
                session=session,
            )

    def schedule(self) -> None:
        """Let the scheduler create the runs that are due: one for each workflow."""
        with create_session() as session:
            query, _ = DagModel.dags_needing_dagruns(session)
            SchedulerJobRunner(Job())._create_dag_runs(query.all(), session)

    def load(self, run_id: str) -> tuple[str, str]:
        """Do what a worker does before a task of the run begins; return the bundle and the path of the DAG file."""
        with create_session() as session:
            found = select(TaskInstance).where(TaskInstance.run_id == run_id, TaskInstance.task_id == "first")
            workload = ExecuteTask.make(session.scalars(found).one())
        details = StartupDetails.model_construct(
            ti=workload.ti,
            dag_rel_path=os.fspath(workload.dag_rel_path),
            bundle_info=workload.bundle_info,
            ti_context=TIRunContext.model_construct(max_tries=0, task_reschedule_count=0),
            start_date=datetime.now(UTC),
            sentry_integration="",
        )
        loaded = task_runner.parse(details, structlog.get_logger())
        return workload.bundle_info.name, loaded.task.dag.fileloc

    def call_back(self, run_id: str) -> None:
        """Let the dag processor be asked to run the callback for a failure of the run."""
        with create_session() as session:
            version = session.scalars(select(DagRun.bundle_version).where(DagRun.run_id == run_id)).one()
            workflow = session.get_one(DagModel, "orders")
            request = DagCallbackRequest(
                filepath=str(workflow.relative_fileloc),
                bundle_name=workflow.bundle_name,
                bundle_version=version,
                dag_id="orders",
                run_id=run_id,
                msg="it failed",
            )
            session.add(DbCallbackRequest(callback=request, priority_weight=1))

    def fail(self, run_id: str) -> None:
        """Let a run and all its tasks have failed."""
        with create_session() as session:
            run = session.scalars(select(DagRun).where(DagRun.run_id == run_id)).one()
            run.state = DagRunState.FAILED
            for task in run.task_instances:
                task.state = TaskInstanceState.FAILED

    def clear(self, run_id: str, *, on_latest: bool) -> None:
        """Clear the tasks of a run, with or without "Run with latest bundle version"."""
        with create_session() as session:
            tasks = session.scalars(select(TaskInstance).where(TaskInstance.run_id == run_id)).all()
            clear_task_instances(list(tasks), session, run_on_latest_version=on_latest)

    def workflow(self, name: str = "orders") -> DagModel:
        """Return what Airflow knows of a workflow."""
        with create_session() as session:
            return session.get_one(DagModel, name)

    def import_errors(self) -> dict[str, str]:
        """Return what is wrong with the files that could not be imported."""
        with create_session() as session:
            return {each.filename: each.stacktrace for each in session.scalars(select(ParseImportError))}

    def versions(self) -> list[tuple[str, str | None]]:
        """Return the bundle and the bundle's version of each version of `orders`."""
        with create_session() as session:
            found = session.scalars(select(DagVersion).order_by(DagVersion.version_number))
            return [(each.bundle_name, each.bundle_version) for each in found]

    def runs(self) -> dict[str, str | None]:
        """Return the version of every run by its id."""
        with create_session() as session:
            return {run.run_id: run.bundle_version for run in session.scalars(select(DagRun))}

    def examined(self) -> Sequence[str]:
        """Return the runs that the scheduler would go on with."""
        with create_session() as session:
            return [run.run_id for run in DagRun.get_running_dag_runs_to_examine(session=session)]

    def tasks(self) -> set[tuple[str, str, str | None]]:
        """Return the run, id and state of every task instance."""
        with create_session() as session:
            return {(each.run_id, each.task_id, each.state) for each in session.scalars(select(TaskInstance))}

    def close(self) -> None:
        """Forget everything."""
        with create_session() as session:
            for model in (TaskInstance, DagRun, SerializedDagModel, DagVersion, DagModel, ParseImportError):
                session.execute(delete(model))


def _process_files(bundle_names: list[str]) -> None:
    warnings.simplefilter("ignore")  # Airflow's own
    settings.dispose_orm(do_log=False)
    settings.configure_orm()
    DagFileProcessorManager(max_runs=1, bundle_names_to_parse=bundle_names or None).run()
