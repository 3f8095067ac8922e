"""A run of garbage collection: look, decide, and then do it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from airside.base.digest import Digest
from airside.base.errors import IntegrityError
from airside.delivery.collection.carrying_out import Worker, orphaned_signatures
from airside.delivery.collection.inventory import Inventory, take_inventory
from airside.delivery.collection.living import find_living
from airside.delivery.collection.planning import Deed, Facts, Step, decide
from airside.delivery.collection.retention import Retention
from airside.delivery.collection.roots import read_roots
from airside.delivery.collection.store_clock import StoreTime
from airside.delivery.collection.tombstones import HeldTombstone, read_tombstone
from airside.delivery.collection.withholding import withhold
from airside.delivery.deadline import Deadline
from airside.delivery.parallel import in_parallel
from airside.release.keyspace import Kind, content_kind, release_of
from airside.release.tombstone import Grace
from airside.store.port import Store

_PASSING_AGE = timedelta(days=1)
"""Of an object that only a running command needs: none runs so long."""

_EXAMINATION_SECONDS = 3600.0
"""How long what was seen is good for; it bounds how old the decision is that somebody confirms."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What may be removed.

    Attributes:
        retention: How much of each history stays.
        grace: How long to wait.
        trees: Trees that stay besides, each with the reason.
    """

    retention: Retention = field(default_factory=Retention)
    grace: Grace = field(default_factory=Grace)
    trees: Mapping[Digest, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Examination:
    """What a run would do.

    Attributes:
        steps: One for each object and each tombstone.
        passing: What killed commands left: keys.
        inventory: What is in the store.
        time: The time of the store.
        packs_unclear: Why no pack may be removed; None where it is clear which ones are needed.
        descriptions_unclear: The same of descriptions.
    """

    steps: tuple[Step, ...]
    passing: tuple[str, ...]
    inventory: Inventory
    time: StoreTime
    packs_unclear: str | None
    descriptions_unclear: str | None = None

    def with_deed(self, deed: Deed) -> list[Step]:
        """Return the steps that do `deed`."""
        return [step for step in self.steps if step.deed is deed]


def examine(store: Store, rules: Rules, time: StoreTime) -> Examination:
    """Look at the store and decide. Nothing is written.

    Args:
        store: The store.
        rules: What may be removed.
        time: What the store said just now (`ask_time`): who comes to rely on an object after that finds its
            tombstone. To show what would be done, that of this machine will do.

    Raises:
        IntegrityError: A pointer, a history entry or a young record is missing or damaged.
        StoreUnavailableError: The store does not answer.
    """
    now = time.asked
    inventory = take_inventory(store)
    tombstones = dict(in_parallel(lambda key: (key, _tombstone(store, key)), inventory.tombstones))
    roots = read_roots(store, inventory, rules.retention, rules.trees, now=now)
    living = find_living(store, inventory, roots, young_since=now - rules.grace.marked)
    steps = withhold(store, decide(Facts(inventory, living, tombstones, now), rules.grace))
    passing = tuple(found.key for found in inventory.passing if found.modified < now - _PASSING_AGE)
    unclear = (living.packs_unclear, living.descriptions_unclear)
    return Examination(tuple(steps), passing, inventory, time, *unclear)


def carry_out(store: Store, examination: Examination, *, nonce: str) -> list[Step]:
    """Do what `examination` decided, and return the steps that were done.

    Raises:
        RefusedError: It is from so long ago that it says little.
        StoreUnavailableError: The store does not answer. A later run goes on.
    """
    Deadline(_EXAMINATION_SECONDS, examination.time.since.began).require("Garbage collection")
    done = Worker(store, nonce, examination.time).carry_out(examination.steps)
    inventory = examination.inventory
    just_removed = {
        release_of(step.key) or ""
        for step in done
        if step.deed is Deed.REMOVE and content_kind(step.key) is Kind.RELEASE
    }
    before = orphaned_signatures(inventory.signatures, inventory.removed, inventory.objects)
    after = orphaned_signatures(inventory.signatures, just_removed, ())
    for _ in in_parallel(store.delete, sorted({*before, *after, *examination.passing})):
        continue
    return done


def _tombstone(store: Store, key: str) -> HeldTombstone | None:
    """Return the tombstone of `key`; None for a damaged one."""
    try:
        return read_tombstone(store, key)
    except IntegrityError:
        return None
