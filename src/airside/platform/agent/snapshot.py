"""The state of an agent at one moment, and what it means for those who ask whether it is well."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from airside.base.clock import to_text
from airside.base.digest import Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What an agent knows. Replaced as a whole, so that a thread which reads one sees no mixture.

    Attributes:
        environment: Which environment it follows.
        stale_after: After what time without confirmation it calls itself stale.
        tree: What is served; None before the first tree.
        release: The release of that tree; None until the store was asked.
        generation: Of the pointer that named it; None until the store was asked.
        confirmed_at: When the store last confirmed it; None if it never did.
        failure: Why the last look failed; None when it did not.
        failures: How many failed in a row.
        hook_failure: Why the command after a change failed; None when it did not.
    """

    environment: str
    stale_after: timedelta
    tree: Digest | None = None
    release: str | None = None
    generation: int | None = None
    confirmed_at: datetime | None = None
    failure: str | None = None
    failures: int = 0
    hook_failure: str | None = None

    def is_stale(self, now: datetime) -> bool:
        """Tell whether nobody has confirmed for too long that what is served is what should be."""
        return self.confirmed_at is None or now - self.confirmed_at > self.stale_after

    def illness(self, now: datetime) -> str | None:
        """Return why the agent is not well; None when it is."""
        if self.tree is None:
            return self.failure or f"nothing was ever deployed to {self.environment!r}"
        if self.is_stale(now):
            since = to_text(self.confirmed_at) if self.confirmed_at else "the beginning"
            return f"the store has confirmed nothing since {since}: {self.failure or 'no answer yet'}"
        return self.hook_failure and f"the command after a change fails: {self.hook_failure}"

    def document(self, now: datetime) -> dict[str, object]:
        """Return the state for a JSON document."""
        return {
            "environment": self.environment,
            "tree": self.tree,
            "release": self.release,
            "generation": self.generation,
            "confirmed_at": to_text(self.confirmed_at) if self.confirmed_at else None,
            "stale": self.is_stale(now),
            "failure": self.failure,
            "failures": self.failures,
            "hook_failure": self.hook_failure,
            "reason": self.illness(now),
        }
