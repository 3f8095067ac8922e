"""Functional runs of a workflow that a test has written."""

from collections.abc import Callable

from airside.testing.outcome import RunOutcome, TaskOutcome

Flow = Callable[..., RunOutcome]
"""`flow(text of a DAG file with the workflow "flow", **fields of Given)`."""


def of(outcome: RunOutcome, name: str) -> TaskOutcome:
    """Return what a task instance did."""
    assert outcome.error is None, outcome.error.traceback or outcome.error
    return next(task for task in outcome.tasks if str(task.key) == name)
