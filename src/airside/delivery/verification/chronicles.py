"""Reading an environment with all of its history, whole or not."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from airside.base.errors import IntegrityError, UntrustedError, UsageError
from airside.delivery.parallel import in_parallel
from airside.release.keys import HISTORY, environment_key, history_key
from airside.release.keyspace import entry_of
from airside.release.pointer import MAX_POINTER_BYTES, Pointer, SealedPointer, parse_pointer
from airside.signing.trust import Trust
from airside.store.port import Found, Revision, Store

LAGGING: Final = 1000
"""Generations that may be missing from a listing, or be lost; where more are, the pointer is absurd."""

_TRIES = 3


@dataclass(frozen=True, slots=True)
class Recorded:
    """A pointer or history entry that was read.

    Attributes:
        sealed: What it says; None where it is damaged.
        data: Its bytes; empty where it is too large.
        fault: Why it is damaged; empty where it is not.
        note: Why its signatures are not trusted; empty where they are, or nobody asks.
    """

    sealed: SealedPointer | None
    data: bytes
    fault: str = ""
    note: str = ""

    @property
    def pointer(self) -> Pointer | None:
        """The pointer without its signatures."""
        return self.sealed.pointer if self.sealed else None


@dataclass(frozen=True, slots=True)
class Chronicle:
    """An environment with its history.

    Attributes:
        environment: Its name.
        current: Its pointer; None where there is none.
        revision: The state of the pointer.
        entries: The history, by generation; those that are there, whole or not.
    """

    environment: str
    current: Recorded | None
    revision: Revision | None
    entries: dict[int, Recorded]

    @property
    def exists(self) -> bool:
        """Whether the store has anything of it."""
        return self.current is not None or bool(self.entries)

    @property
    def newest(self) -> Pointer | None:
        """What the environment serves, where its pointer tells."""
        return self.current.pointer if self.current else None

    @property
    def moves(self) -> dict[int, SealedPointer]:
        """Every move that can be read, by generation; the newest from the pointer."""
        found = {generation: entry.sealed for generation, entry in self.entries.items() if entry.sealed}
        newest = self.current.sealed if self.current else None
        return found | ({newest.pointer.generation: newest} if newest else {})

    @property
    def pointers(self) -> dict[int, Pointer]:
        """The same without signatures."""
        return {generation: sealed.pointer for generation, sealed in self.moves.items()}

    @property
    def last_whole(self) -> SealedPointer | None:
        """The last entry of the history before which nothing is missing or damaged."""
        last: SealedPointer | None = None
        for generation in range(1, len(self.entries) + 1):
            entry = self.entries.get(generation)
            if entry is None or entry.sealed is None or (last and not entry.sealed.follows(last)):
                break
            last = entry.sealed
        return last


def read_chronicle(store: Store, environment: str, trust: Trust | None) -> Chronicle:
    """Read the pointer of `environment` and all of its history.

    Raises:
        StoreUnavailableError: The store does not answer.
    """
    for _ in range(_TRIES):
        current, revision = _read(store, environment_key(environment), environment, trust)
        listed = (entry_of(found.key) for found in store.list(f"{HISTORY}{environment}/"))
        generations = [entry[1] for entry in listed if entry and entry[0] == environment]
        newest = current.pointer.generation if current and current.pointer else 0
        if newest in (0, max(generations, default=0)):
            break  # else somebody moves it just now, or something is wrong that another look will show again
    if newest - len(generations) < LAGGING:  # a listing may lag behind; of an absurd pointer no more is read
        generations += range(1, newest + 1)
    keys = ((generation, history_key(environment, generation)) for generation in sorted(set(generations)))
    read = in_parallel(lambda item: (item[0], _read(store, item[1], environment, trust)[0]), keys)
    entries = {generation: _placed(entry, generation) for generation, entry in read if entry}
    return Chronicle(environment, current, revision, entries)


def _read(store: Store, key: str, environment: str, trust: Trust | None) -> tuple[Recorded | None, Revision | None]:
    try:
        found = store.read(key, limit=MAX_POINTER_BYTES)
    except IntegrityError as error:
        return Recorded(None, b"", error.message), None
    if not isinstance(found, Found):
        return None, None
    try:
        sealed = parse_pointer(found.data, environment)
    except (IntegrityError, UsageError) as error:
        return Recorded(None, found.data, error.message), found.revision
    return Recorded(sealed, found.data, note=_distrust(sealed, trust)), found.revision


def _distrust(sealed: SealedPointer, trust: Trust | None) -> str:
    if trust is None:
        return ""
    try:
        trust.require_move(sealed)
    except UntrustedError as error:
        return error.message
    return ""


def _placed(entry: Recorded, generation: int) -> Recorded:
    if entry.pointer is None or entry.pointer.generation == generation:
        return entry
    return replace(entry, sealed=None, fault=f"it is that of generation {entry.pointer.generation}")


def releases_of(chronicles: Iterable[Chronicle]) -> Iterator[tuple[str, Pointer, bool]]:
    """Yield the environment, the move, and whether it is what is served now, for each move that can be read."""
    for chronicle in chronicles:
        for pointer in chronicle.pointers.values():
            yield chronicle.environment, pointer, chronicle.newest is not None and pointer == chronicle.newest
