"""The seam between scheduling and running: one attempt of one task instance."""

from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from airside.testing.outcome import Failure, TaskKey

AttemptState = Literal["success", "failed", "skipped", "up_for_retry"]
"""Where an attempt ends. Deferring, rescheduling and asking a human are parts of an attempt."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one attempt did.

    Attributes:
        state: Where it ended.
        error: Why it failed.
        skips: Task instances below that it told to skip (branches, short circuits); of a task without a map index the
            instance that is not mapped, or not yet expanded.
        rendered: Template fields as Airflow's UI shows them.
        log: Lines.
        tells: Callbacks that ran.
        seconds: How long it took.
    """

    state: AttemptState
    error: Failure | None = None
    skips: frozenset[TaskKey] = frozenset()
    rendered: dict[str, Any] = field(default_factory=dict)
    log: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()
    seconds: float = 0.0


class Attempts(Protocol):
    """Runs attempts."""

    def attempt(self, key: TaskKey, task: Any, try_number: int) -> Attempt:
        """Run `task` (of the SDK; for a mapped one the `MappedOperator`) as `key`, for the n-th time, from 1."""


class Outputs(Protocol):
    """The XComs of the run."""

    def of(self, key: TaskKey) -> dict[str, Any]:
        """Return all that a task instance pushed, by XCom key, deserialized."""

    def push(self, key: TaskKey, name: str, value: Any) -> None:
        """Store one as the task runner would: what cannot be serialized is refused."""

    def clear(self, key: TaskKey) -> None:
        """Forget what an earlier try has pushed."""
