"""What a test has in its hands of one task."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airside.base.errors import UsageError
from airside.testing.outcome import Failure, TaskOutcome
from airside.testing.results.failure import failure_text
from airside.testing.results.looks import Look, Looks

if TYPE_CHECKING:
    from airside.testing.results.run import Run

_WORST_FIRST = ("failed", "upstream_failed", None, "removed", "success", "skipped")


class TaskResult:
    """One task instance. What is looked at here counts as verified.

    Attributes:
        run: The run that it is of.
    """

    def __init__(self, outcome: TaskOutcome, run: "Run", looks: Looks) -> None:
        self.run = run
        self._outcome = outcome
        self._looks = looks

    @property
    def task_id(self) -> str:
        """The id, with those of its groups."""
        return self._outcome.key.task_id

    @property
    def state(self) -> str | None:
        """Where it ended; None: it never started."""
        self._look("state")
        return self._outcome.state

    @property
    def output(self) -> Any:
        """What it returned, as a task below gets it."""
        self._look("output")
        return self._outcome.output

    @property
    def xcoms(self) -> Mapping[str, Any]:
        """All that it pushed, by key."""
        self._look("xcoms")
        return self._outcome.xcoms

    @property
    def rendered(self) -> Mapping[str, Any]:
        """Its template fields, rendered, as Airflow's UI shows them."""
        self._look("rendered")
        return self._outcome.rendered

    @property
    def log(self) -> str:
        """What it logged and printed, of all tries."""
        self._look("log")
        return "\n".join(self._outcome.log)

    @property
    def error(self) -> Failure | None:
        """Why its last try failed."""
        self._look("error")
        return self._outcome.error

    @property
    def tries(self) -> int:
        """How often it was started."""
        self._look("tries")
        return self._outcome.tries

    @property
    def tells(self) -> tuple[str, ...]:
        """The callbacks that ran for it, by the names of the callables."""
        self._look("tells")
        return self._outcome.tells

    @property
    def duration(self) -> float:
        """Seconds, of all tries."""
        return self._outcome.duration

    def assert_success(self) -> None:
        """Fail the test, with the task's own traceback, its log and its fields, unless the task succeeded."""
        if self._outcome.state != "success":
            self.run.was_shown = True
            raise AssertionError(
                f"{self._outcome.key} is {self._outcome.state or 'not run'}\n{failure_text(self.run.outcome)}"
            )

    def assert_failed(self, match: str | None = None) -> None:
        """Fail the test unless the task failed.

        Args:
            match: A pattern that is found in its error, `ValueError: the text`.
        """
        self._look("error")
        if self._outcome.state != "failed":
            raise AssertionError(f"{self._outcome.key} is {self._outcome.state or 'not run'}, not failed")
        if match is not None and not re.search(match, str(self._outcome.error)):
            raise AssertionError(
                f"{self._outcome.key} failed with {str(self._outcome.error)!r}, which is not {match!r}"
            )

    def __getitem__(self, index: int) -> "TaskResult":
        raise UsageError(f"{self.task_id} is not mapped: it has no instance {index}")

    def __repr__(self) -> str:
        return f"<{self._outcome.key}: {self._outcome.state or 'not run'}, output {self._outcome.output!r}>"

    def _look(self, what: Look) -> None:
        self._looks.at_task(self.task_id, what)


class MappedResult:
    """All instances of a mapped task.

    Attributes:
        run: The run that they are of.
        task_id: The id, with those of its groups.
    """

    def __init__(self, task_id: str, outcomes: Sequence[TaskOutcome], run: "Run", looks: Looks) -> None:
        self.run = run
        self.task_id = task_id
        self._by_index = {outcome.key.map_index: outcome for outcome in outcomes}
        self._looks = looks

    @property
    def output(self) -> list[Any]:
        """What the instances returned, in their order, without those that returned nothing: as a task below gets it."""
        self._looks.at_task(self.task_id, "output")
        return [outcome.output for outcome in self._by_index.values() if outcome.output is not None]

    @property
    def states(self) -> list[str | None]:
        """Where each instance ended."""
        self._looks.at_task(self.task_id, "state")
        return [outcome.state for outcome in self._by_index.values()]

    @property
    def state(self) -> str | None:
        """Where they ended all together: the worst."""
        return min(self.states, key=_WORST_FIRST.index)

    def assert_success(self) -> None:
        """Fail the test unless all instances succeeded."""
        for result in self:
            result.assert_success()

    def assert_failed(self, match: str | None = None) -> None:
        """Fail the test unless some instance failed.

        Args:
            match: A pattern that is found in the error of one that failed, `ValueError: the text`.
        """
        self._looks.at_task(self.task_id, "error")
        errors = [str(outcome.error) for outcome in self._by_index.values() if outcome.state == "failed"]
        if not errors:
            raise AssertionError(f"No instance of {self.task_id} failed: {self.states}")
        if match is not None and not any(re.search(match, error) for error in errors):
            raise AssertionError(f"No instance of {self.task_id} failed with {match!r}: {errors}")

    def __getitem__(self, index: int) -> TaskResult:
        if index not in self._by_index:
            raise UsageError(f"{self.task_id} has {len(self)} instances, from 0: there is no {index}")
        return TaskResult(self._by_index[index], self.run, self._looks)

    def __len__(self) -> int:
        return len(self._by_index)

    def __iter__(self) -> Iterator[TaskResult]:
        return (self[index] for index in self._by_index)

    def __repr__(self) -> str:
        return f"<{self.task_id}: {len(self)} instances>"

    def __getattr__(self, name: str) -> Any:
        if name in {"xcoms", "rendered", "log", "error", "tries", "tells", "duration"}:
            raise UsageError(
                f"{self.task_id} is mapped: each of its instances has its own {name}",
                hint=f'Look at one: run["{self.task_id}"][0].{name}',
            )
        raise AttributeError(name)
