"""Doing what was decided: marks, claims, removals. Whoever is killed in here leaves a store that is whole."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from airside.base.clock import to_text
from airside.delivery.collection.inventory import ORDER
from airside.delivery.collection.planning import Deed, Step
from airside.delivery.collection.store_clock import StoreTime
from airside.delivery.deadline import Deadline
from airside.delivery.parallel import in_parallel
from airside.release.encoding import canonical
from airside.release.keys import release_key, removed_key, tombstone_key
from airside.release.keyspace import Kind, content_kind, release_of
from airside.release.tombstone import Removed, Tombstone, TombstoneState
from airside.store.port import Store

CLAIM_SECONDS: Final = 600.0
"""After which nobody removes anything under a claim of their own; after an hour others may take it over."""


@dataclass(frozen=True, slots=True)
class Worker:
    """Who carries out, and when.

    Attributes:
        store: The store.
        nonce: Of this run.
        time: The time of the store.
        claim_seconds: How long a claim of this run is good for.
    """

    store: Store
    nonce: str
    time: StoreTime
    claim_seconds: float = CLAIM_SECONDS

    def carry_out(self, steps: Sequence[Step]) -> list[Step]:
        """Do `steps` and return those that were done; the others somebody else forestalled.

        Raises:
            StoreUnavailableError: The store does not answer. A later run goes on.
            RefusedError: The work took so long that others may take it over.
        """
        done = [*self._each(Deed.MARK, self._mark, steps), *self._each(Deed.SPARE, self._spare, steps)]
        done += self._remove_all([step for step in steps if step.deed is Deed.REMOVE])
        forgotten = [step for step in steps if step.deed is Deed.FORGET]
        for _ in in_parallel(lambda step: self.store.delete(tombstone_key(step.key)), forgotten):
            continue
        return done + forgotten

    def _each(self, deed: Deed, work: Callable[[Step], bool], steps: Sequence[Step]) -> list[Step]:
        """Do the steps of one kind, what names others first, so that no pack has an older mark than its manifest."""
        done: list[Step] = []
        for kind in ORDER:
            chosen = [step for step in steps if step.deed is deed and content_kind(step.key) is kind]
            made = list(in_parallel(work, chosen))
            done += [step for step, success in zip(chosen, made, strict=True) if success]
        return done

    def _remove_all(self, steps: Sequence[Step]) -> list[Step]:
        """Remove records, then descriptions, then manifests, then packs.

        Where somebody forestalled a claim, the kinds that follow stay: a writer that is about to come to rely on a
        whole release would else find its manifest there, and its packs gone.
        """
        done: list[Step] = []
        for kind in ORDER:
            chosen = [step for step in steps if content_kind(step.key) is kind]
            removed = self._each(Deed.REMOVE, self._remove, chosen)
            done += removed
            if len(removed) < len(chosen):
                break
        return done

    def _mark(self, step: Step) -> bool:
        if step.held is None:
            tombstone = Tombstone.new(step.key, "marked", self.nonce, self.time.now())
            return self.store.create(tombstone_key(step.key), tombstone.to_bytes())
        return self._becomes(step, "marked")

    def _spare(self, step: Step) -> bool:
        return self._becomes(step, "revived")

    def _becomes(self, step: Step, state: TombstoneState) -> bool:
        if step.held is None:
            return False
        tombstone = step.held.tombstone.becomes(state, self.nonce, self.time.now())
        return self.store.replace(tombstone_key(step.key), tombstone.to_bytes(), step.held.revision) is not None

    def _remove(self, step: Step) -> bool:
        if step.held is None:
            return False
        deadline = Deadline(self.claim_seconds)
        claim = step.held.tombstone.becomes("claimed", self.nonce, self.time.now())
        revision = self.store.replace(tombstone_key(step.key), claim.to_bytes(), step.held.revision)
        if revision is None:  # somebody came to rely on it, or another run was first
            return False
        if content_kind(step.key) is Kind.RELEASE and (release := release_of(step.key)):
            # Before the record is gone, so that at no moment nobody knows why.
            note = Removed(release=release, at=to_text(self.time.now()))
            self.store.create(removed_key(release), canonical(note))
        deadline.require(f"The removal of {step.key}")
        self.store.delete(step.key)
        removed = claim.becomes("removed", self.nonce, self.time.now())
        self.store.replace(tombstone_key(step.key), removed.to_bytes(), revision)
        return True


def orphaned_signatures(signatures: Iterable[str], removed: Iterable[str], present: Iterable[str]) -> list[str]:
    """Return the keys of the signatures whose record was removed.

    Args:
        signatures: The keys of all detached signatures.
        removed: The ids of the releases that were removed.
        present: The keys of the records that are there.
    """
    there = frozenset(present)
    gone = {release for release in removed if release_key(release) not in there}
    return [key for key in signatures if release_of(key) in gone]
