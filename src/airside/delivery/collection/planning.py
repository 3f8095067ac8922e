"""What a run of garbage collection does to each object: decided here, from values alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from airside.delivery.collection.inventory import Inventory
from airside.delivery.collection.living import Living
from airside.delivery.collection.tombstones import HeldTombstone
from airside.release.keyspace import Kind, content_kind
from airside.release.tombstone import Grace, Tombstone


class Deed(Enum):
    """What is done to an object or to its tombstone."""

    KEEP = "keep"
    """Something needs it, and it has no tombstone."""
    MARK = "mark"
    """Nothing needs it: it gets a tombstone."""
    WAIT = "wait"
    """It has a tombstone that is too young, or somebody else removes it."""
    REMOVE = "remove"
    """It is claimed and removed."""
    SPARE = "spare"
    """Something needs it again: the tombstone is taken back."""
    FORGET = "forget"
    """The tombstone has no work left and is removed."""
    HOLD = "hold"
    """A pack or a description that might be removed, if it were clear which ones are needed."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is done to one object.

    Attributes:
        key: Of the object.
        deed: What.
        size: Of the object, in bytes; 0 where it is gone.
        because: Why it stays, where it does.
        held: Its tombstone, if it has one.
    """

    key: str
    deed: Deed
    size: int = 0
    because: str = ""
    held: HeldTombstone | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the store.

    Attributes:
        inventory: What is in it.
        living: What stays, and why.
        tombstones: By the key of the object. One that is damaged is None.
        now: The time of the store, from before all that was looked at.
    """

    inventory: Inventory
    living: Living
    tombstones: Mapping[str, HeldTombstone | None]
    now: datetime


def decide(facts: Facts, grace: Grace) -> list[Step]:
    """Return one step for each object and each tombstone, in the order of their keys."""
    keys = sorted(facts.inventory.objects.keys() | facts.tombstones.keys())
    return [_step(key, facts, grace) for key in keys]


def _step(key: str, facts: Facts, grace: Grace) -> Step:
    listed = facts.inventory.objects.get(key)
    because = facts.living.reasons.get(key, "")
    held = facts.tombstones.get(key)
    if held is None and key in facts.tombstones:
        deed = Deed.FORGET  # damaged: a later run marks the object anew
    elif held is None:
        deed = Deed.KEEP if because else Deed.MARK
    elif because and listed is not None:
        deed = _of_living(held.tombstone, facts.now, grace)
    else:
        deed = _of_dead(held.tombstone, facts.now, grace, there=listed is not None)
    if deed in {Deed.MARK, Deed.REMOVE} and content_kind(key) in _unclear(facts.living):
        deed = Deed.HOLD
    return Step(key, deed, listed.size if listed else 0, because, held)


def _unclear(living: Living) -> set[Kind]:
    unclear = ((Kind.PACK, living.packs_unclear), (Kind.DESCRIPTION, living.descriptions_unclear))
    return {kind for kind, because in unclear if because}


def _of_living(tombstone: Tombstone, now: datetime, grace: Grace) -> Deed:
    match tombstone.state:
        case "marked":
            return Deed.SPARE
        case "claimed":  # by somebody who was killed, or who stops within ten minutes
            return Deed.SPARE if tombstone.is_older(grace.claimed, now) else Deed.WAIT
        case _:
            return Deed.FORGET if tombstone.is_older(grace.marked, now) else Deed.KEEP


def _of_dead(tombstone: Tombstone, now: datetime, grace: Grace, *, there: bool) -> Deed:
    if tombstone.state == "claimed":
        return Deed.REMOVE if tombstone.is_older(grace.claimed, now) else Deed.WAIT
    old = tombstone.is_older(grace.marked, now)
    if not there:
        return Deed.FORGET if old else Deed.WAIT
    if tombstone.state == "marked":
        return Deed.REMOVE if old else Deed.WAIT
    return Deed.MARK  # revived or written again since, and then nobody came to name it
