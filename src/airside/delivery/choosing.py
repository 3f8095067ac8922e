"""Which tree to take from an environment: what it points to, or what it served before; verified either way."""

from dataclasses import dataclass

from airside.base.digest import Digest
from airside.base.errors import UnknownEnvironmentError
from airside.base.names import subject
from airside.delivery.environments import read_history, require_current
from airside.delivery.ratchet import Ratchet
from airside.delivery.trusting import Guard
from airside.release.pointer import Pointer, SealedPointer
from airside.store.port import Store


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of an environment; with neither, what it points to now.

    Attributes:
        release: The id of a release that it has served.
        tree: A tree that it has served.
    """

    release: str | None = None
    tree: Digest | None = None

    def matches(self, pointer: Pointer) -> bool:
        """Tell whether `pointer` serves it."""
        return self.release in {None, pointer.release} and self.tree in {None, pointer.tree}

    def __str__(self) -> str:
        return f"release {self.release}" if self.release else f"tree {self.tree}"


def choose(store: Store, environment: str, wanted: Wanted, guard: Guard, ratchet: Ratchet) -> Pointer:
    """Return the newest move of `environment` to what is wanted.

    Raises:
        UnknownEnvironmentError: Nothing was ever deployed to it, or it never served what is wanted.
        UntrustedError: It is not signed as the trust file demands.
        IntegrityError: The environment went back to an older generation than this machine has seen.
        StoreUnavailableError: The store does not answer.
        OSError: The generation cannot be noted.
    """
    current = require_current(store, environment).sealed
    chosen = current if wanted.matches(current.pointer) else _served_before(store, environment, wanted)
    guard.has_changed()  # reads the trust file
    guard.require_trusted(store, chosen)
    if chosen is current:
        ratchet.accept(current.pointer, guard.fingerprint)
    return chosen.pointer


def _served_before(store: Store, environment: str, wanted: Wanted) -> SealedPointer:
    for entry in read_history(store, environment):
        if wanted.matches(entry.pointer):
            return entry
    raise UnknownEnvironmentError(
        f"{subject(environment)} has never served {wanted}",
        hint=f"`airside history {environment}` lists what it has served.",
    )
