"""The callbacks of a DAG itself, when its run has ended."""

from types import SimpleNamespace
from typing import Any

import structlog
from airflow.dag_processing.processor import _execute_dag_callbacks

from airside.testing.tasks.callbacks import name_of
from airside.testing.tasks.settling import Settled

log = structlog.get_logger(__name__)


def tell(dag: Any, request: Any, settled: Settled) -> tuple[str, ...]:
    """Run them as the dag processor does that the scheduler asks to; return the names of all.

    Args:
        dag: Of the SDK.
        request: What the scheduler asks; None: there are no callbacks.
        settled: The process of the run.
    """
    if request is None:
        return ()
    found = dag.on_failure_callback if request.is_failure_callback else dag.on_success_callback
    callbacks = found if isinstance(found, list) else [found]
    with settled.log.reading():
        _execute_dag_callbacks(SimpleNamespace(dags={dag.dag_id: dag}), request, log)
    return tuple(map(name_of, callbacks))
