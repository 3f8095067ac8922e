"""What a test looked at, and which tasks that verifies."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final, Literal

from airside.testing.outcome import RunOutcome, TaskOutcome
from airside.testing.verdicts import Verdict

Look = Literal["state", "output", "xcoms", "rendered", "log", "error", "tries", "tells", "by other means"]
"""A look at one task, by its name."""

NOTHING_TO_VERIFY: Final = frozenset({"EmptyOperator"})
"""Operators that do nothing: they are verified when they ran."""


class Looks:
    """The looks of one test at one run. A look at all tasks at once, such as `Run.states`, is none."""

    def __init__(self) -> None:
        self._tasks: defaultdict[str, set[Look]] = defaultdict(set)
        self._connections: set[str] = set()

    def at_task(self, task_id: str, what: Look) -> None:
        """Note a look at what one task did."""
        self._tasks[task_id].add(what)

    def at_connection(self, name: str) -> None:
        """Note a look at what stands behind a connection: rows, objects, requests."""
        self._connections.add(name)

    def verdicts(self, outcome: RunOutcome) -> dict[str, Verdict]:
        """Return what holds for each task of the run's workflow.

        * A look at a state verifies only where it is not `success`: that something succeeded does not say what it did.
        * A look at what stands behind a connection verifies the tasks that asked for it and returned nothing.
        * A task that was given an outcome, or never started, did not run, whatever was looked at.
        """
        asked = {need.task_id for need in outcome.needs if need.kind == "connection" and need.name in self._connections}
        return {
            task_id: self._verdict(task_id, tuple(_instances(outcome, task_id)), effect_seen=task_id in asked)
            for task_id in outcome.task_ids
        }

    def _verdict(self, task_id: str, instances: tuple[TaskOutcome, ...], *, effect_seen: bool) -> Verdict:
        looks = self._tasks.get(task_id, set())
        ran = [instance for instance in instances if instance.tries and not instance.stubbed]
        if not ran:
            return "not run"
        returned_nothing = all(instance.output is None for instance in ran)
        does_nothing = all(instance.operator in NOTHING_TO_VERIFY for instance in ran)
        end_seen = "state" in looks and any(instance.state != "success" for instance in ran)
        if looks - {"state"} or end_seen or does_nothing or (effect_seen and returned_nothing):
            return "verified"
        return "ran"


def best(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the best of the verdicts of several runs on one task."""
    ranks: tuple[Verdict, ...] = ("not run", "ran", "verified")
    return max(verdicts, key=ranks.index, default="not run")


def merged(parts: Iterable[dict[str, Verdict]]) -> dict[str, Verdict]:
    """Return the best verdict on each task, in the order in which the tasks come."""
    found: defaultdict[str, list[Verdict]] = defaultdict(list)
    for part in parts:
        for task_id, verdict in part.items():
            found[task_id].append(verdict)
    return {task_id: best(verdicts) for task_id, verdicts in found.items()}


def _instances(outcome: RunOutcome, task_id: str) -> Iterator[TaskOutcome]:
    return (task for task in outcome.tasks if task.key.task_id == task_id)
