"""What happened: the events that alerts are about."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Final


class Severity(IntEnum):
    """How bad something is; more is worse."""

    INFO = 1
    WARNING = 2
    ERROR = 3
    CRITICAL = 4

    @property
    def word(self) -> str:
        """Its name in settings and messages."""
        return self.name.lower()


class Kind(StrEnum):
    """What kind of thing happened."""

    TASK_FAILED = "task-failed"
    RUN_FAILED = "run-failed"
    RUN_RECOVERED = "run-recovered"
    CHECK_FAILED = "check-failed"
    IMPORT_ERROR = "import-error"
    IMPORT_FIXED = "import-fixed"
    DEADLINE_MISSED = "deadline-missed"
    NOT_SERVED = "not-served"
    SERVED_AGAIN = "served-again"
    DEPLOYED = "deployed"
    PROMOTED = "promoted"
    ROLLED_BACK = "rolled-back"
    SUMMARY = "summary"
    TEST = "test"


ENDS: Final[Mapping[Kind, frozenset[Kind]]] = {
    Kind.RUN_RECOVERED: frozenset({Kind.TASK_FAILED, Kind.RUN_FAILED, Kind.CHECK_FAILED, Kind.DEADLINE_MISSED}),
    Kind.IMPORT_FIXED: frozenset({Kind.IMPORT_ERROR}),
    Kind.SERVED_AGAIN: frozenset({Kind.NOT_SERVED}),
}
"""What each event of recovery ends."""

NEWS: Final = frozenset({Kind.DEPLOYED, Kind.PROMOTED, Kind.ROLLED_BACK, Kind.SUMMARY, Kind.TEST})
"""Told once each: nothing is wrong, so there is nothing to recover from."""

_SEVERITIES: Final[Mapping[Kind, Severity]] = {
    Kind.DEADLINE_MISSED: Severity.WARNING,
    Kind.ROLLED_BACK: Severity.WARNING,
    Kind.NOT_SERVED: Severity.CRITICAL,
    **dict.fromkeys((Kind.DEPLOYED, Kind.PROMOTED, Kind.SUMMARY, Kind.TEST, *ENDS), Severity.INFO),
}
_TAG: Final = "severity:"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened in an environment.

    Attributes:
        kind: What.
        environment: Where.
        at: When, in seconds since 1970, UTC.
        subject: The workflow; for an import error the DAG file; empty for the environment as a whole.
        task: The task, with its map index where it is mapped: ``load[3]``.
        run: The id of the run.
        error: The first line of the error; sources leave the masking to the watcher.
        attempt: Which try failed, from 1.
        owner: Of the workflow.
        team: Of the workflow.
        tags: Of the workflow; ``severity:critical`` makes its failures worse.
        release: What was served.
        commit: Of that release, shortened, and by whom.
        links: For each word (``log``, ``run``, ``runbook``) an address.
        detail: What else there is to say, in a few lines: of a summary, all of it.
    """

    kind: Kind
    environment: str
    at: float
    subject: str = ""
    task: str | None = None
    run: str | None = None
    error: str | None = None
    attempt: int | None = None
    owner: str | None = None
    team: str | None = None
    tags: tuple[str, ...] = ()
    release: str | None = None
    commit: str | None = None
    links: Mapping[str, str] = field(default_factory=dict)
    detail: str | None = None

    @property
    def identity(self) -> str:
        """Sixteen hexadecimal digits, the same whenever the same thing is told again."""
        parts = (self.kind, self.environment, self.subject, self.task, self.run, self.attempt, f"{self.at:.6f}")
        return hashlib.blake2b(repr(tuple(map(str, parts))).encode(), digest_size=8).hexdigest()

    @property
    def severity(self) -> Severity:
        """How bad it is: by its kind, unless a tag of the workflow says it."""
        usual = _SEVERITIES.get(self.kind, Severity.ERROR)
        said = [tag.removeprefix(_TAG).upper() for tag in self.tags if tag.startswith(_TAG)]
        if usual < Severity.WARNING or not said or said[0] not in Severity.__members__:
            return usual
        return Severity[said[0]]

    @property
    def is_failure(self) -> bool:
        """Something is wrong, and stays so until an event of recovery."""
        return self.kind not in ENDS and self.kind not in NEWS
