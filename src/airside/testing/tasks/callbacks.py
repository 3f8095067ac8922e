"""The callbacks of tasks: which of them ran."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from airflow.sdk.execution_time import task_runner


@contextmanager
def watching() -> Iterator[list[str]]:
    """Collect the names of the callbacks that the task runner runs in the block, in order."""
    names: list[str] = []
    original = task_runner._run_task_state_change_callbacks  # noqa: SLF001 - the one place that all go through

    def run(task: Any, kind: str, context: Any, log: Any) -> None:
        names.extend(name_of(callback) for callback in getattr(task, kind))
        original(task, kind, context, log)

    task_runner._run_task_state_change_callbacks = run  # noqa: SLF001 - as above
    try:
        yield names
    finally:
        task_runner._run_task_state_change_callbacks = original  # noqa: SLF001 - as above


def name_of(callback: Any) -> str:
    """Return what a callback is called: a function by its name, a notifier by that of its class."""
    inner = getattr(callback, "func", callback)
    return str(getattr(inner, "__name__", type(inner).__name__))
