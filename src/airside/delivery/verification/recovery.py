"""Putting an environment right whose pointer is damaged, lost, or absurd: one signed move to what it served last."""

from airside.base.errors import IntegrityError, LostRaceError
from airside.base.names import told
from airside.delivery.activate import Stamp
from airside.delivery.verification.chronicles import Chronicle
from airside.release.keys import environment_key, history_key
from airside.release.pointer import Move, Pointer, SealedPointer, advance
from airside.store.port import Store

REASON = "airside verify --repair: the pointer was not whole"


def is_recoverable(chronicle: Chronicle) -> bool:
    """Tell whether it is clear what the environment served last.

    It is not where its pointer and its last entry are whole and name different releases: one of them is forged.
    """
    sealed, newest = chronicle.last_whole, chronicle.newest
    if sealed is None or chronicle.entries[sealed.pointer.generation].note:
        return False
    last = sealed.pointer
    same = newest is not None and newest.generation == last.generation
    return not same or (newest is not None and (newest.release, newest.tree) == (last.release, last.tree))


def recover(store: Store, chronicle: Chronicle, stamp: Stamp, actor: str) -> None:
    """Replace the pointer by a move, the next after the last whole entry, to what that entry serves.

    Entries that do not follow it are removed: they belong to no history. Readers that have seen a higher generation
    refuse the new one until their memory of the environment is removed.

    Raises:
        LostRaceError: Somebody else changed the pointer. Nothing was changed.
        StoreUnavailableError: The store does not answer. Run it again.
    """
    if (last := chronicle.last_whole) is None:
        raise IntegrityError(f"The history of {told(chronicle.environment)} has no whole entry")
    move = _move(last.pointer, actor)
    sealed = SealedPointer.of(advance(last, move, now=stamp.now, op_id=stamp.op_id), stamp.sign)
    for generation in chronicle.entries:
        if generation > last.pointer.generation:
            store.delete(history_key(chronicle.environment, generation))
    if not _swap(store, chronicle, sealed.to_bytes()):
        raise LostRaceError(
            f"Somebody else changed the pointer of {told(chronicle.environment)}", hint="Run `airside verify` again."
        )
    store.create(history_key(chronicle.environment, sealed.pointer.generation), sealed.to_bytes())


def _move(last: Pointer, actor: str) -> Move:
    return Move(
        environment=last.environment,
        workspace=last.workspace,
        action="rollback",
        release=last.release,
        tree=last.tree,
        actor=actor,
        reason=REASON,
        pin=last.pin,
        restores=last.generation,
    )


def _swap(store: Store, chronicle: Chronicle, data: bytes) -> bool:
    key = environment_key(chronicle.environment)
    if chronicle.current is None:
        return store.create(key, data)
    if chronicle.revision is None:  # larger than any pointer, so that it was not read
        store.delete(key)
        return store.create(key, data)
    return store.replace(key, data, chronicle.revision) is not None
