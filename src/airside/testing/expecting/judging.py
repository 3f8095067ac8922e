"""Comparing all that a case expects with what came of its run."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from airside.testing.expecting.expected import Expected
from airside.testing.expecting.messages import mail_faults, message_faults, request_faults
from airside.testing.expecting.mismatch import NOTHING, Mismatch, Words
from airside.testing.expecting.order import order_faults
from airside.testing.expecting.patterns import fits
from airside.testing.expecting.reaching import Came
from airside.testing.expecting.sent import each_faults
from airside.testing.expecting.stores import file_faults, object_faults, query_faults, table_faults
from airside.testing.expecting.tasks import names_faults, task_faults, task_of, time_faults
from airside.testing.outcome import RunOutcome


def judge(expected: Expected, came: Came, folder: Path) -> tuple[Mismatch, ...]:
    """Return what is not as expected, and note what was looked at.

    Args:
        expected: What the case expects.
        came: The run.
        folder: What paths in the case are relative to.

    Raises:
        UsageError: The case asks what cannot be asked: a connection without a stand-in, a file that is not there.
    """
    came.verify(verified(expected, came.outcome))
    if came.outcome.error is not None or expected.error is not None:
        return tuple(_error(expected.error, came.outcome))
    return (*outcome_faults(expected, came.outcome), *_behind(expected, came, folder))


def verified(expected: Expected, outcome: RunOutcome) -> frozenset[str]:
    """Return the tasks of which a case says more than that they succeeded."""
    wrote: Iterable[Any] = (
        *expected.tables.values(), *expected.queries, *expected.files.values(), *expected.objects.values(),
    )  # fmt: skip
    named = {name for name, task in expected.tasks.items() if task.verifies}
    named |= {thing.by for thing in wrote if thing.by is not None}
    named |= {event.task for event in expected.assets or () if event.task is not None}
    named |= {run.task for run in expected.triggered or () if run.task is not None}
    return frozenset(task_of(name, outcome) for name in named)


def outcome_faults(expected: Expected, outcome: RunOutcome) -> Iterator[Mismatch]:
    """Yield what the run did otherwise than expected: pure, of the outcome alone."""
    if expected.run_state is not None and outcome.state != expected.run_state:
        yield Mismatch("state", Words(expected.run_state), Words(outcome.state or "none"))
    for name, task in expected.tasks.items():
        yield from task_faults(name, task, outcome)
    yield from order_faults(expected.order, outcome)
    yield from _events(expected, outcome)
    yield from names_faults(expected.callbacks, outcome.tells, "callbacks")
    yield from time_faults(expected.within, outcome.duration, "within")


def _error(expected: str | None, outcome: RunOutcome) -> Iterator[Mismatch]:
    came = NOTHING if outcome.error is None else str(outcome.error)
    if expected is None or outcome.error is None or not fits(expected, str(outcome.error)):
        yield Mismatch("error", NOTHING if expected is None else expected, came)


def _events(expected: Expected, outcome: RunOutcome) -> Iterator[Mismatch]:
    if expected.assets is not None:
        assets = [
            {"name": event.name, "uri": event.uri, "extra": dict(event.extra), "task": str(event.task)}
            for event in outcome.asset_events
        ]
        yield from each_faults(expected.assets, assets, "assets")
    if expected.triggered is not None:
        runs = [{"dag_id": run.dag_id, "conf": dict(run.conf), "task": str(run.task)} for run in outcome.triggered]
        yield from each_faults(expected.triggered, runs, "triggered")


def _behind(expected: Expected, came: Came, folder: Path) -> Iterator[Mismatch]:
    for name, table in expected.tables.items():
        yield from table_faults(name, table, came, folder)
    for index, query in enumerate(expected.queries):
        yield from query_faults(index, query, came, folder)
    for name, file in expected.files.items():
        yield from file_faults(name, file, came, folder)
    for name, stored in expected.objects.items():
        yield from object_faults(name, stored, came, folder)
    for name, requests in expected.requests.items():
        yield from request_faults(name, requests, came)
    for name, mails in expected.mails.items():
        yield from mail_faults(name, mails, came)
    for name, messages in expected.messages.items():
        yield from message_faults(name, messages, came)
