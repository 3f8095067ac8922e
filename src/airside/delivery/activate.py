"""Moving an environment: one compare-and-swap of its pointer, then its history entry."""

from dataclasses import dataclass, field
from datetime import datetime

from airside.base.errors import IntegrityError, LostRaceError, PinnedError, StoreUnavailableError
from airside.base.names import command_line, subject, told
from airside.delivery.collection.needs import objects_of
from airside.delivery.collection.revive import revive
from airside.delivery.deadline import Deadline
from airside.delivery.environments import Current, read_current, read_entry, read_record
from airside.delivery.kinds import require_kind
from airside.release.envelope import Sign, unsigned
from airside.release.keys import environment_key, history_key
from airside.release.pointer import Move, Pointer, SealedPointer, advance
from airside.store.port import OutcomeUnknownError, Store

_FOUND = frozenset({"promote", "rollback"})
"""Moves to a release that was found in the store. What a deploy finds there, `publish` has revived."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a writer puts on a pointer.

    Attributes:
        now: The time that it carries.
        op_id: The writer's nonce, 32 hexadecimal digits, unique to one move.
        sign: Adds the writer's signatures.
        deadline: By when it must move the environment; it begins before the writer first looks at the store.
    """

    now: datetime
    op_id: str
    sign: Sign = unsigned
    deadline: Deadline = field(default_factory=Deadline)


@dataclass(frozen=True, slots=True)
class Activation:
    """A move that was made.

    Attributes:
        pointer: Where the environment points now.
        history_written: False when the store failed between the move and its history entry. The next
            move writes it; until then readers take it from the pointer.
    """

    pointer: Pointer
    history_written: bool


def require_unpinned(current: Current | None, *, unpin: bool) -> None:
    """Refuse to move a pinned environment.

    Raises:
        PinnedError: The environment is pinned and `unpin` is false.
    """
    if current is None or unpin or (pin := current.pointer.pin) is None:
        return
    name = current.pointer.environment
    because = f": {pin.reason}" if pin.reason else ""
    raise PinnedError(
        f"{subject(name)} is pinned to release {current.pointer.release} by {pin.by} since {pin.at}{because}",
        hint=f"`airside unpin {name}` lets it move again; --unpin does both in one step.",
    )


def activate(store: Store, move: Move, expected: Current | None, stamp: Stamp) -> Activation:
    """Move an environment from `expected`, if that is still where it points.

    Calling it again with the same `stamp` after an error is safe: a move that was made is recognised by its nonce.

    Args:
        store: The store that holds the environment.
        move: Where to, by whom and why.
        expected: What the caller saw and decided on; None for an environment that has no pointer yet.
        stamp: Time, nonce and signatures of the move.

    Raises:
        LostRaceError: Somebody else moved the environment. Nothing was changed.
        RefusedError: The release is being removed by garbage collection or is of another kind, or the writer took too
            long.
        StoreUnavailableError: The store failed, and the environment was not moved.
    """
    if move.action in _FOUND:
        record = read_record(store, move.release)
        require_kind(record, move.environment)
        revive(store, objects_of(store, record))
    if expected is not None:
        _write_history(store, expected.sealed)
    pointer = advance(expected.sealed if expected else None, move, now=stamp.now, op_id=stamp.op_id)
    sealed = SealedPointer.of(pointer, stamp.sign)
    stamp.deadline.require(f"The move of {told(move.environment)}")
    if not _swapped(store, sealed, expected):
        raise _lost(store, pointer, expected)
    return Activation(pointer, history_written=_try_history(store, sealed))


def _swapped(store: Store, sealed: SealedPointer, expected: Current | None) -> bool:
    try:
        return _swap(store, sealed, expected) or _was_made(store, sealed.pointer)
    except OutcomeUnknownError as error:
        return _resolved(store, sealed.pointer, expected, error)


def _resolved(store: Store, pointer: Pointer, expected: Current | None, unknown: OutcomeUnknownError) -> bool:
    """Find out whether a write whose answer was lost was applied: false where somebody else was first."""
    try:
        if _was_made(store, pointer):
            return True
        current = read_current(store, pointer.environment)
    except StoreUnavailableError as error:
        raise OutcomeUnknownError(
            f"{unknown.message}; whether {told(pointer.environment)} was moved is not known",
            hint=f"`{command_line('history', pointer.environment)}` tells, as soon as the store answers.",
        ) from error
    if current == expected:
        raise StoreUnavailableError(
            f"{unknown.message}; {told(pointer.environment)} was not moved", hint="Run the command again."
        ) from unknown
    return False


def _swap(store: Store, sealed: SealedPointer, expected: Current | None) -> bool:
    key, data = environment_key(sealed.pointer.environment), sealed.to_bytes()
    if expected is None:
        return store.create(key, data)
    return store.replace(key, data, expected.revision) is not None


def _was_made(store: Store, pointer: Pointer) -> bool:
    """Tell whether the move to `pointer` was made; somebody may have moved the environment on since."""
    current = read_current(store, pointer.environment)
    if current is None or current.pointer.generation < pointer.generation:
        return False
    return read_entry(store, current.sealed, pointer.generation).pointer.op_id == pointer.op_id


def _lost(store: Store, pointer: Pointer, expected: Current | None) -> LostRaceError:
    current = read_current(store, pointer.environment)
    if current is None:
        return LostRaceError(f"{subject(pointer.environment)} was removed from {store.location} in the meantime")
    winner = current.pointer
    seen = expected.pointer.generation if expected else 0
    return LostRaceError(
        f"{winner.actor} moved {told(winner.environment)} first: from generation {seen} to {winner.generation}, "
        f"{winner.action} of release {winner.release} at {winner.at}",
        hint=f"Nothing was changed. Look at `{command_line('history', winner.environment)}`, then decide again.",
    )


def _try_history(store: Store, sealed: SealedPointer) -> bool:
    try:
        _write_history(store, sealed)
    except StoreUnavailableError:
        return False
    return True


def _write_history(store: Store, sealed: SealedPointer) -> None:
    """Make sure that the history holds `sealed`; a writer killed after its move did not come to that."""
    pointer = sealed.pointer
    key, data = history_key(pointer.environment, pointer.generation), sealed.to_bytes()
    if store.create(key, data):
        return
    found = store.read(key, limit=len(data))
    if getattr(found, "data", None) != data:
        raise IntegrityError(
            f"History entry {pointer.generation} of {told(pointer.environment)} in {store.location} "
            "differs from the pointer that it records"
        )
