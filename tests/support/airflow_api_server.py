"""A program: Airflow's API server with a database of its own, and a hand in that database.

Each line on the standard input is a JSON list: the name of a function below and its arguments. Each is answered by a
line on the descriptor that the second argument names: Airflow logs to the standard output. What schedulers and workers
would write is written as they write it, at the time that the test wants.
"""

import json
import os
import sys
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import uvicorn
from airflow.api_fastapi.app import create_app
from airflow.jobs.job import Job
from airflow.models import import_all_models
from airflow.models.dagbundle import DagBundleModel
from airflow.models.dagrun import DagRun
from airflow.models.deadline import Deadline
from airflow.models.errors import ParseImportError
from airflow.models.serialized_dag import SerializedDagModel
from airflow.models.taskinstance import TaskInstance, clear_task_instances
from airflow.models.xcom import XComModel
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import DAG
from airflow.sdk.definitions.callback import AsyncCallback
from airflow.serialization.definitions.dag import SerializedDAG
from airflow.serialization.serialized_objects import LazyDeserializedDAG
from airflow.utils import db
from airflow.utils.session import create_session
from airflow.utils.state import DagRunState
from airflow.utils.types import DagRunTriggeredByType, DagRunType
from sqlalchemy import delete, select, update


def workflow(name: str, bundle: str, tags: list[str], tasks: list[str]) -> None:
    """Let the dag processor have parsed a workflow."""
    with DAG(name, schedule=None, tags=set(tags), default_args={"owner": "ana"}) as dag:
        for task in tasks:
            EmptyOperator(task_id=task)
    with create_session() as session:
        session.merge(DagBundleModel(name=bundle))
        session.flush()
        lazy = LazyDeserializedDAG.from_dag(dag)
        SerializedDAG.bulk_write_to_db(bundle, f"sha256-{'a' * 64}", [lazy], session=session)
        SerializedDagModel.write_dag(lazy, bundle_name=bundle, bundle_version=f"sha256-{'a' * 64}", session=session)


def run(name: str, run_id: str) -> None:
    """Let the scheduler have started a run."""
    now = datetime.now(UTC)
    with create_session() as session:
        dag = SerializedDagModel.get_dag(name, session=session)
        dag.create_dagrun(
            run_id=run_id,
            logical_date=None,
            run_after=now,
            data_interval=None,
            run_type=DagRunType.MANUAL,
            triggered_by=DagRunTriggeredByType.TEST,
            state=DagRunState.RUNNING,
            start_date=now,
            session=session,
        )


def end_run(name: str, run_id: str, state: str, at: str | None) -> None:
    """Let the scheduler have ended a run."""
    with create_session() as session:
        found = session.scalars(select(DagRun).filter_by(dag_id=name, run_id=run_id)).one()
        found.set_state(DagRunState(state))
        if at is not None:
            found.end_date = datetime.fromisoformat(at)


def end_task(name: str, run_id: str, task: str, state: str, at: str | None, attempt: int) -> None:
    """Let a worker have ended a task, whose clock may tell another time."""
    ends = datetime.fromisoformat(at) if at else datetime.now(UTC)
    with create_session() as session:
        where = {"dag_id": name, "run_id": run_id, "task_id": task}
        values = {"state": state, "start_date": ends - timedelta(seconds=1), "end_date": ends, "try_number": attempt}
        session.execute(update(TaskInstance).filter_by(**where).values(**values))


def map_task(name: str, run_id: str, task: str, count: int, state: str) -> None:
    """Let a task have been expanded, and all its parts have ended in one millisecond."""
    now = datetime.now(UTC)
    with create_session() as session:
        first = session.scalars(select(TaskInstance).filter_by(dag_id=name, run_id=run_id, task_id=task)).one()
        dag = SerializedDagModel.get_dag(name, session=session)
        session.delete(first)
        session.flush()
        for index in range(count):
            made = TaskInstance(dag.get_task(task), run_id=run_id, map_index=index, dag_version_id=first.dag_version_id)
            made.state, made.start_date, made.end_date, made.try_number = state, now, now, 1
            session.add(made)


def clear(name: str, run_id: str) -> None:
    """Let somebody have cleared a run."""
    with create_session() as session:
        tasks = session.scalars(select(TaskInstance).filter_by(dag_id=name, run_id=run_id)).all()
        clear_task_instances(list(tasks), session)


def written_at(name: str, run_id: str, at: str) -> None:
    """Let all of a run have been written at another time of the database's clients."""
    moment = datetime.fromisoformat(at)
    with create_session() as session:
        for model in (DagRun, TaskInstance):
            session.execute(update(model).filter_by(dag_id=name, run_id=run_id).values(updated_at=moment))


def import_error(bundle: str, file: str, text: str | None) -> None:
    """Let the dag processor have met a file that does not import, or one that does again."""
    with create_session() as session:
        session.execute(delete(ParseImportError).filter_by(bundle_name=bundle, filename=file))
        if text is not None:
            now = datetime.now(UTC)
            session.add(ParseImportError(bundle_name=bundle, filename=file, stacktrace=text, timestamp=now))


def summary(name: str, run_id: str, value: Any) -> None:  # noqa: ANN401 - whatever a task leaves
    """Let the task `summary` have left its XCom."""
    XComModel.set(key="airside_summary", value=value, dag_id=name, run_id=run_id, task_id="summary")


def miss_deadline(name: str, run_id: str, due: str) -> None:
    """Let the scheduler have found that a run missed a deadline."""
    with create_session() as session:
        found = session.scalars(select(DagRun).filter_by(dag_id=name, run_id=run_id)).one()
        deadline = Deadline(datetime.fromisoformat(due), AsyncCallback("tests.call"), found.id, None, name)
        deadline.missed = True
        session.add(deadline)


def beat(at: str) -> None:
    """Let the scheduler have shown that it lives."""
    with create_session() as session:
        session.execute(delete(Job))
        job = Job(job_type="SchedulerJob", state="running")
        job.latest_heartbeat = datetime.fromisoformat(at)
        session.add(job)


def forget() -> None:
    """Let nothing ever have happened."""
    with create_session() as session:
        for model in (XComModel, TaskInstance, DagRun, ParseImportError, Job):
            session.execute(delete(model))


_DOES = {
    each.__name__: each
    for each in (
        workflow,
        run,
        end_run,
        end_task,
        map_task,
        clear,
        written_at,
        import_error,
        summary,
        miss_deadline,
        beat,
        forget,
    )
}


def main() -> None:
    """Serve until the input ends."""
    import_all_models()
    with create_session() as session:
        db._create_db_from_orm(session=session)
    db.synchronize_log_template()
    config = uvicorn.Config(create_app(), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
    threading.Thread(target=uvicorn.Server(config).run, daemon=True).start()
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        _DOES[name](*arguments)
        os.write(int(sys.argv[2]), b"done\n")


if __name__ == "__main__":
    main()
