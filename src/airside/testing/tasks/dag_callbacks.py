"""The callbacks of a DAG itself, when its run has ended."""

from typing import Any

import structlog

from airside.testing.outcome import TaskKey
from airside.testing.tasks.attempts import TaskAttempts
from airside.testing.tasks.callbacks import name_of
from airside.testing.tasks.passes import Start, instance_of, started_at

log = structlog.get_logger(__name__)


def dag_callbacks(attempts: TaskAttempts, state: str, last: TaskKey | None, reason: str) -> tuple[str, ...]:
    """Run them as `DagRun.execute_dag_callbacks` does (airflow/models/dagrun.py 3.3.2); return the names of all."""
    dag = attempts.supervisor.dag
    found = dag.on_success_callback if state == "success" else dag.on_failure_callback
    callbacks = found if isinstance(found, list) else [found] if found else []
    if not callbacks:
        return ()
    with attempts.supervisor.settled.log.reading():
        context = _context(attempts, last, reason)
        for callback in callbacks:
            try:
                callback(context)
            except Exception:
                log.exception("Callback failed")
    return tuple(map(name_of, callbacks))


def _context(attempts: TaskAttempts, last: TaskKey | None, reason: str) -> dict[str, Any]:
    supervisor = attempts.supervisor
    if last is None:
        return {"dag": supervisor.dag, "run_id": supervisor.run.run_id, "reason": reason}
    task = supervisor.dag.get_task(last.task_id)
    start = Start(key=last, task=task, id=supervisor.id_of(last, 1), try_number=1, started=started_at())
    context: dict[str, Any] = instance_of(supervisor, start).get_template_context()
    context["reason"] = reason
    return context
