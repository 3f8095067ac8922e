"""Whether the pointer of an environment and its history are whole and follow each other."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from airside.base.names import command_line, never_moved, subject, told
from airside.delivery.verification.chronicles import LAGGING, Chronicle
from airside.delivery.verification.findings import NOBODY, Finding, Harm, Harmed, Trouble
from airside.release.keys import environment_key, history_key

REPAIR = "`airside verify --repair` mends it"


def findings_of(chronicle: Chronicle, *, required: bool) -> Iterator[Finding]:
    """Yield what is wrong with the pointer and the history.

    Args:
        chronicle: The environment with its history.
        required: Whether the environment must be there.
    """
    yield from _of_pointer(chronicle, required=required)
    yield from _of_entries(chronicle)
    yield from _gaps(chronicle)
    moves = chronicle.moves
    for earlier, later in pairwise(sorted(moves)):
        if later == earlier + 1 and not moves[later].follows(moves[earlier]):
            yield _history(chronicle.environment, later, f"generation {later} does not follow generation {earlier}")
    yield from _restored(chronicle)
    yield from _of_newest(chronicle)


def _of_pointer(chronicle: Chronicle, *, required: bool) -> Iterator[Finding]:
    name, current = chronicle.environment, chronicle.current
    if current is None:
        if chronicle.entries:
            yield _pointer(name, Trouble.MISSING, f"{subject(name)} has a history and no pointer", REPAIR)
        elif required:
            message, advice = never_moved(name), f"`{command_line('deploy', name)}` does it"
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
            message = f"History entry {generation} of {told(name)} is damaged: {entry.fault}"
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
            message = f"The last history entry of {told(name)}, {first}, is not written yet: a writer was killed"
            yield replace(_history(name, first, message, Trouble.MISSING, REPAIR), harmed=NOBODY)
        elif newest and (last == newest.generation or after - before > LAGGING):
            # So many are not lost one by one: the generation is absurd, whether or not the history has it too.
            message = f"The pointer of {told(name)} says generation {newest.generation}; its history ends at {before}"
            yield _pointer(name, Trouble.INCONSISTENT, message, REPAIR)
        else:
            which = f"entry {first}" if first == last else f"entries {first} to {last}"
            yield _history(name, first, f"History {which} of {told(name)}: missing", Trouble.MISSING)


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
        message = f"The pointer of {told(name)} and its history entry {newest.generation} differ"
        yield _pointer(name, Trouble.INCONSISTENT, message, "Compare the two; one of them is damaged or forged")
    if (ahead := max(chronicle.entries, default=0)) > newest.generation:
        message = (
            f"The history of {told(name)} goes to generation {ahead}; its pointer was set back to {newest.generation}"
        )
        yield _pointer(name, Trouble.INCONSISTENT, message, REPAIR)


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
