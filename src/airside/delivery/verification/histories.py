"""Whether the pointer of an environment and its history are whole and follow each other."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from airside.base.errors import IntegrityError, UntrustedError, UsageError
from airside.delivery.parallel import in_parallel
from airside.delivery.verification.findings import NOBODY, Finding, Harm, Harmed, Trouble
from airside.release.keys import HISTORY, environment_key, history_key
from airside.release.keyspace import entry_of
from airside.release.pointer import MAX_POINTER_BYTES, Pointer, SealedPointer, parse_pointer
from airside.signing.trust import Trust
from airside.store.port import Found, Revision, Store

REPAIR = "`airside verify --repair` mends it"
_TRIES = 3
_LAGGING = 1000


@dataclass(frozen=True, slots=True)
class Recorded:
    """A pointer or history entry that was read.

    Attributes:
        pointer: What it says; None where it is damaged.
        data: Its bytes; empty where it is too large.
        fault: Why it is damaged; empty where it is not.
        note: Why its signatures are not trusted; empty where they are, or nobody asks.
    """

    pointer: Pointer | None
    data: bytes
    fault: str = ""
    note: str = ""


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
    def newest(self) -> Pointer | None:
        """What the environment serves, where its pointer tells."""
        return self.current.pointer if self.current else None

    @property
    def pointers(self) -> dict[int, Pointer]:
        """Every move that can be read, by generation; the newest from the pointer."""
        found = {generation: entry.pointer for generation, entry in self.entries.items() if entry.pointer}
        return found | ({self.newest.generation: self.newest} if self.newest else {})

    @property
    def last_whole(self) -> Pointer | None:
        """The last entry of the history before which nothing is missing or damaged."""
        last = None
        for generation in range(1, len(self.entries) + 1):
            entry = self.entries.get(generation)
            if entry is None or entry.pointer is None or (last and not _follows(last, entry.pointer)):
                break
            last = entry.pointer
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
    if newest - len(generations) < _LAGGING:  # a listing may lag behind; of an absurd pointer no more is read
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
    return Recorded(sealed.pointer, found.data, note=_distrust(sealed, trust)), found.revision


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
    return replace(entry, pointer=None, fault=f"it is that of generation {entry.pointer.generation}")


def findings_of(chronicle: Chronicle, *, required: bool) -> Iterator[Finding]:
    """Yield what is wrong with the pointer and the history.

    Args:
        chronicle: The environment with its history.
        required: Whether the environment must be there.
    """
    yield from _of_pointer(chronicle, required=required)
    yield from _of_entries(chronicle)
    yield from _gaps(chronicle)
    for earlier, later in pairwise(sorted(chronicle.pointers)):
        before, after = chronicle.pointers[earlier], chronicle.pointers[later]
        if later == earlier + 1 and not _follows(before, after):
            yield _history(chronicle.environment, later, f"generation {later} does not follow generation {earlier}")
    yield from _restored(chronicle)
    yield from _of_newest(chronicle)


def _of_pointer(chronicle: Chronicle, *, required: bool) -> Iterator[Finding]:
    name, current = chronicle.environment, chronicle.current
    if current is None:
        if chronicle.entries:
            yield _pointer(name, Trouble.MISSING, f"{name!r} has a history and no pointer", REPAIR)
        elif required:
            message, advice = f"Nothing was ever deployed to {name!r}", f"`airside deploy {name}` does it"
            yield Finding(trouble=Trouble.MISSING, key=environment_key(name), message=message, advice=advice)
    elif current.fault:
        yield _pointer(name, Trouble.DAMAGED, current.fault, REPAIR)
    elif current.note:
        yield _pointer(name, Trouble.UNTRUSTED, current.note, "Move the environment again with a trusted key")


def _of_entries(chronicle: Chronicle) -> Iterator[Finding]:
    """Yield entries that are damaged, and those that nobody who is trusted signed.

    Before the first trusted one that is a note: trust was introduced later, or keys were replaced.
    """
    name, trusted = chronicle.environment, False
    for generation, entry in chronicle.entries.items():
        if entry.fault:
            message = f"History entry {generation} of {name!r} is damaged: {entry.fault}"
            yield _history(name, generation, message, Trouble.DAMAGED)
        elif entry.note:
            finding = _history(name, generation, entry.note, Trouble.UNTRUSTED)
            yield finding if trusted else replace(finding, harmed=NOBODY, advice="")
        else:
            trusted = True


def _gaps(chronicle: Chronicle) -> Iterator[Finding]:
    """Yield one finding for each run of generations without an entry: an absurd pointer makes a very long one."""
    name, newest = chronicle.environment, chronicle.newest
    end = newest.generation + 1 if newest else max(chronicle.entries, default=0) + 1
    known = [0, *(generation for generation in sorted(chronicle.entries) if generation < end), end]
    for before, after in pairwise(known):
        if after - before <= 1:
            continue
        first, last = before + 1, after - 1
        if newest and first == last == newest.generation:
            message = f"The last history entry of {name!r}, {first}, is not written yet: a writer was killed"
            yield replace(_history(name, first, message, Trouble.MISSING, REPAIR), harmed=NOBODY)
        elif newest and (last == newest.generation or after - before > _LAGGING):
            # So many are not lost one by one: the generation is absurd, whether or not the history has it too.
            message = f"The pointer of {name!r} says generation {newest.generation}; its history ends at {before}"
            yield _pointer(name, Trouble.INCONSISTENT, message, REPAIR)
        else:
            which = f"entry {first}" if first == last else f"entries {first} to {last}"
            yield _history(name, first, f"History {which} of {name!r}: missing", Trouble.MISSING)


def _restored(chronicle: Chronicle) -> Iterator[Finding]:
    for generation, pointer in chronicle.pointers.items():
        if pointer.restores is None:
            continue
        origin = chronicle.pointers.get(pointer.restores)
        if pointer.restores >= generation or (origin and origin.release != pointer.release):
            message = (
                f"Generation {generation} says that it goes back to {pointer.restores}, and serves another release"
            )
            yield _history(chronicle.environment, generation, message)


def _of_newest(chronicle: Chronicle) -> Iterator[Finding]:
    name, newest = chronicle.environment, chronicle.newest
    if newest is None or chronicle.current is None:
        return
    entry = chronicle.entries.get(newest.generation)
    if entry and entry.data != chronicle.current.data:
        message = f"The pointer of {name!r} and its history entry {newest.generation} differ"
        yield _pointer(name, Trouble.INCONSISTENT, message, "Compare the two; one of them is damaged or forged")
    if (ahead := max(chronicle.entries, default=0)) > newest.generation:
        message = f"The history of {name!r} goes to generation {ahead}; its pointer was set back to {newest.generation}"
        yield _pointer(name, Trouble.INCONSISTENT, message, REPAIR)


def _follows(before: Pointer, after: Pointer) -> bool:
    previous = after.previous
    return (
        previous is not None
        and (previous.generation, previous.release, previous.tree) == (before.generation, before.release, before.tree)
        and after.workspace == before.workspace
    )


def _pointer(environment: str, trouble: Trouble, message: str, advice: str) -> Finding:
    return Finding(
        trouble=trouble,
        key=environment_key(environment),
        message=message,
        harmed=Harmed(Harm.SERVED, environments=(environment,)),
        advice=advice,
    )


def _history(
    environment: str,
    generation: int,
    message: str,
    trouble: Trouble = Trouble.INCONSISTENT,
    advice: str = "Restore the object from a copy of the store; it cannot be made anew",
) -> Finding:
    return Finding(
        trouble=trouble,
        key=history_key(environment, generation),
        message=message,
        harmed=Harmed(Harm.HISTORY, environments=(environment,)),
        advice=advice,
    )


def releases_of(chronicles: Iterable[Chronicle]) -> Iterator[tuple[str, Pointer, bool]]:
    """Yield the environment, the move, and whether it is what is served now, for each move that can be read."""
    for chronicle in chronicles:
        for pointer in chronicle.pointers.values():
            yield chronicle.environment, pointer, chronicle.newest is not None and pointer == chronicle.newest
