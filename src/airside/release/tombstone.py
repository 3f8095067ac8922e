"""Tombstones: what garbage collection writes about an object before it removes it.

Described in docs/formats/garbage-collection.md.

```
(none) ── marked ── claimed ── removed ── (none)
             │ ╲                  │
             │  ╲── revived ──────┘
```

Every step is one compare-and-swap, so of a writer that comes to rely on the object and a collector that is about
to remove it exactly one wins.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, Self

from airside.base.clock import from_text, to_text
from airside.base.errors import IntegrityError
from airside.release.encoding import Document, canonical, decode
from airside.release.pointer import OperationId

MAX_TOMBSTONE_BYTES: Final = 16 * 1024
"""Bytes of a tombstone, and of a note about a release that was removed."""

TombstoneState = Literal["marked", "revived", "claimed", "removed"]


class Tombstone(Document, frozen=True, kw_only=True, tag_field="kind", tag="tombstone"):
    """What is to become of one object.

    Attributes:
        key: Of the object.
        state: `marked`: nothing needs it, and a later run may remove it. `revived`: somebody came to rely on it.
            `claimed`: it is being removed. `removed`: it was.
        nonce: Of whoever wrote this state, so that no two have equal bytes.
        at: When it was marked, claimed or removed, by the clock of the store, RFC 3339 in UTC. A revival keeps it.
    """

    key: str
    state: TombstoneState
    nonce: OperationId
    at: str

    @classmethod
    def new(cls, key: str, state: TombstoneState, nonce: str, at: datetime) -> Self:
        """Return a tombstone of the object `key`."""
        return cls(key=key, state=state, nonce=nonce, at=to_text(at))

    def becomes(self, state: TombstoneState, nonce: str, at: datetime | None = None) -> "Tombstone":
        """Return the tombstone in another state; without `at`, of the same time."""
        return Tombstone(key=self.key, state=state, nonce=nonce, at=to_text(at) if at else self.at)

    def is_older(self, age: timedelta, now: datetime) -> bool:
        """Tell whether this state was written at least `age` before `now`, which is the time of the store."""
        return from_text(self.at) <= now - age

    def to_bytes(self) -> bytes:
        """Return the document as it is stored."""
        return canonical(self)


def parse_tombstone(data: bytes, key: str) -> Tombstone:
    """Return the tombstone of the object `key`.

    Raises:
        IntegrityError: It is not one, or that of another object.
        UsageError: A newer Airside wrote it.
    """
    what = f"The tombstone of {key}"
    tombstone = decode(data, Tombstone, what=what)
    if tombstone.key != key:
        raise IntegrityError(f"{what} is that of {tombstone.key[:200]!r}")
    _require_time(tombstone.at, what)
    return tombstone


class Removed(Document, frozen=True, kw_only=True, tag_field="kind", tag="removed"):
    """The note that garbage collection removed a release; it stays, as the history does that names the release.

    Attributes:
        release: Its id.
        at: When, by the clock of the store, RFC 3339 in UTC.
    """

    release: str
    at: str


def parse_removed(data: bytes, release: str) -> Removed:
    """Return the note about the release with the id `release`.

    Raises:
        IntegrityError: It is not one, or about another release.
        UsageError: A newer Airside wrote it.
    """
    what = f"The note about the removal of release {release}"
    removed = decode(data, Removed, what=what)
    if removed.release != release:
        raise IntegrityError(f"{what} is about {removed.release[:100]!r}")
    _require_time(removed.at, what)
    return removed


def _require_time(text: str, what: str) -> None:
    try:
        from_text(text)
    except ValueError as error:
        raise IntegrityError(f"{what} has no valid time: {error}") from error


@dataclass(frozen=True, slots=True)
class Grace:
    """How long garbage collection waits, in the time of the store.

    Attributes:
        marked: From a mark to the claim; also what is younger is never marked.
        claimed: From a claim of somebody who was killed to the take-over of it.
    """

    marked: timedelta = timedelta(hours=24)
    claimed: timedelta = timedelta(hours=1)
