"""The highest generation of an environment that this machine has seen, kept on its disk.

A store that was set back, by a stale copy of it or by somebody who replays an old pointer, serves what was
served before under an old generation. A rollback does not: it is a new generation. So a reader that
remembers refuses the one and follows the other, also after a restart.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

import msgspec

from airside.base.digest import Digest
from airside.base.errors import IntegrityError
from airside.base.files import write_atomically
from airside.base.names import environment_of_channel, subject
from airside.release.encoding import Document, canonical, decode
from airside.release.pointer import Generation, OperationId, Pointer

FARTHEST_LEAP = 100_000
"""Generations that an environment may gain between two looks of one reader: a deploy a minute for two months.
A pointer beyond was not made by moves; following it would mean to refuse every real one after it."""


class Seen(Document, frozen=True, kw_only=True, tag_field="kind", tag="seen"):
    """The last pointer that was accepted.

    Attributes:
        environment: Which environment's.
        generation: Of the pointer.
        op_id: Of the pointer: one generation has one pointer.
        tree: Of the pointer; unset where an Airside noted it that did not look at that.
        trust: The fingerprint of the trust root that accepted it; empty where nothing was demanded.
    """

    environment: str
    generation: Generation
    op_id: OperationId
    trust: str
    tree: Digest | msgspec.UnsetType = msgspec.UNSET

    @classmethod
    def of(cls, pointer: Pointer, trust: str) -> Self:
        """Return what is remembered of `pointer`."""
        return cls(
            environment=pointer.environment,
            generation=pointer.generation,
            op_id=pointer.op_id,
            trust=trust,
            tree=pointer.tree,
        )


@dataclass(frozen=True, slots=True)
class Ratchet:
    """What is remembered of one environment in the folder `folder`, by all processes that share it."""

    folder: Path
    environment: str

    def confirmed_at(self) -> datetime | None:
        """Return when the store last confirmed what is served, by the clock of this machine; None if never."""
        try:
            return datetime.fromtimestamp(self._path.stat().st_mtime, UTC)
        except OSError:
            return None

    def seen(self) -> Seen | None:
        """Return what is remembered of the last pointer that was accepted; None where none was.

        Raises:
            IntegrityError: The note is damaged.
            OSError: It cannot be read.
        """
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return None
        seen = decode(data, Seen, what=str(self._path))
        return seen if seen.environment == self.environment else None

    def confirm(self) -> None:
        """Note that the store has just confirmed the pointer that was seen last.

        Raises:
            OSError: The note cannot be written.
        """
        if self._path.exists():
            os.utime(self._path)

    def accept(self, pointer: Pointer, trust: str) -> None:
        """Remember `pointer`, whose signatures were verified.

        Raises:
            IntegrityError: It is older than one seen before, contradicts it, or leaps ahead of it.
            OSError: The disk is full or cannot be written.
        """
        with self.held():
            seen = self.seen()
            # Whoever changed the keys has judged what was seen under the old ones (docs/explanation/trust.md).
            if seen is not None and seen.trust == trust:
                _require_forward(seen, pointer)
            if seen != (now := Seen.of(pointer, trust)):
                write_atomically(self._path, canonical(now), mode=0o600)
            else:
                self.confirm()

    def is_newest(self, pointer: Pointer) -> bool:
        """Tell whether no other process has accepted a later pointer than `pointer`. Call it with `held`."""
        seen = self.seen()
        return seen is None or seen.op_id == pointer.op_id

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other processes from accepting a pointer, and from serving one, meanwhile."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(self.folder / "seen.lock", flags, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    @property
    def _path(self) -> Path:
        return self.folder / "seen.json"


def _require_forward(seen: Seen, pointer: Pointer) -> None:
    name, generation = environment_of_channel(pointer.environment), pointer.generation
    heading = subject(pointer.environment)
    if generation < seen.generation:
        raise IntegrityError(
            f"{heading} went back from generation {seen.generation} to {generation}",
            hint="The store was set back, or somebody replays an old state. What was served is served still. "
            f"`airside verify {name}` tells more.",
        )
    if generation == seen.generation and pointer.op_id != seen.op_id:
        raise IntegrityError(
            f"{heading} has two pointers of generation {generation}",
            hint=f"Somebody overwrote the pointer. `airside verify {name}` tells more.",
        )
    if generation > seen.generation + FARTHEST_LEAP:
        raise IntegrityError(
            f"{heading} leapt from generation {seen.generation} to {generation}",
            hint=f"No moves did that. `airside verify {name} --repair` restores the pointer from its history.",
        )
