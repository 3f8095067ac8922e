"""Whether a release was built for the Python packages that this Airflow runs, and what becomes of one that was not.

It keeps people from mistakes, not from attackers: who can write to the store decides what a release says of itself.
"""

import logging
from collections.abc import Callable
from pathlib import Path

from airside.base.digest import Digest
from airside.base.errors import AirsideError, PlatformError, UsageError
from airside.delivery.environments import read_record
from airside.delivery.tree_locks import LockNotes, Locks, locks_of
from airside.release.pointer import Pointer
from airside.running.packages import VARIABLE, Mismatch, differ, platform_lock
from airside.store.port import Store

log = logging.getLogger("airside.airflow.packages")


class Packages:
    """Compares releases of one environment with this platform.

    Args:
        environment: Which environment.
        mismatch: What becomes of a release that was built for other packages.
        notes: The folder for what this machine knows of trees.
    """

    def __init__(self, environment: str, mismatch: Mismatch, notes: Path) -> None:
        self._environment = environment
        self._mismatch = mismatch
        self._notes = LockNotes(notes, environment)
        self._judged: tuple[str, str | None] | None = None
        self._told: set[str] = set()

    @property
    def refusal(self) -> PlatformError | None:
        """Why the release that was judged last is not served; None where it is, or none was judged."""
        fault = self._judged[1] if self._judged and self._mismatch == "refuse" else None
        if fault is None:
            return None
        return PlatformError(fault, hint="Roll out the image of that lock file, or deploy a release for this one.")

    def admits(self, store: Store, pointer: Pointer) -> bool:
        """Tell whether the release of `pointer` may be served here; once for each, say why not.

        Raises:
            AirsideError: It is not known whether it may, and with `refuse` that has to be known.
        """
        if (running := self._running()) is None:
            return True
        if self._judged is None or self._judged[0] != pointer.release:
            self._judged = pointer.release, self._judge(store, pointer, running)
        return self.refusal is None

    def require(self, open_store: Callable[[], Store], tree: Digest, *, fetched: bool) -> None:
        """Say so where a run that is pinned to `tree` needs other packages than run here.

        Args:
            open_store: Opens the store. With `warn` it is asked for a tree that was just fetched from it, and for no
                other: what is on the disk has to run while the store is down.
            tree: The tree, which is on the disk.
            fetched: It was not there before.

        Raises:
            PlatformError: All releases of it were built for others, and `refuse` is set.
            AirsideError: With `refuse`: that cannot be told.
        """
        if (running := self._running()) is None or _fits(locks := self._notes.read(tree), running):
            return
        refuses = self._mismatch == "refuse"
        if refuses or (fetched and not locks):
            try:
                locks = self._ask(open_store(), tree, running)
            except AirsideError as error:
                if refuses and not locks:
                    raise
                log.info("Which packages version %s needs cannot be told: %s", tree, error)
        if not locks or _fits(locks, running):
            return
        fault = f"Version {tree} of {self._environment!r} was built for {_words(locks[0], running)}"
        if refuses:
            raise PlatformError(
                f"{fault}; it is not run here",
                hint="Let such runs end before the image changes, or clear them with `Run with latest bundle version`.",
            )
        log.warning("%s", fault)

    def _running(self) -> Digest | None:
        """Return the lock file of this platform; None where nothing is compared.

        Raises:
            UsageError: What the platform says is no digest, and with `refuse` it has to be one.
        """
        if self._mismatch == "ignore":
            return None
        try:
            return platform_lock()
        except UsageError as error:
            if self._mismatch == "refuse":
                raise
            self._say_once(VARIABLE, f"{error.message}; nothing is compared")
            return None

    def _judge(self, store: Store, pointer: Pointer, running: Digest) -> str | None:
        try:
            lock = read_record(store, pointer.release).requirements.lock
        except AirsideError as error:
            if self._mismatch == "refuse":
                raise
            # What nobody demands does not hold up a release.
            log.warning("Which packages release %s needs cannot be told: %s", pointer.release, error)
            return None
        self._note(pointer.tree, lock)
        if lock is None or not differ(lock, running):
            return None
        fault = f"Release {pointer.release} of {self._environment!r} was built for {_words(lock, running)}"
        kept = "; it is not served here, and what was served is served still" if self._mismatch == "refuse" else ""
        self._say_once(pointer.release, f"{fault}{kept}")
        return fault

    def _ask(self, store: Store, tree: Digest, running: Digest) -> Locks:
        found: list[Digest | None] = []
        for lock in locks_of(store, self._environment, tree):
            found.append(lock)
            if not differ(lock, running):
                break
        self._note(tree, *found)
        return tuple(found)

    def _note(self, tree: Digest, *locks: Digest | None) -> None:
        try:
            self._notes.add(tree, *locks)
        except OSError as error:  # the next one asks again
            log.info("What packages version %s needs cannot be noted: %s", tree, error)

    def _say_once(self, what: str, text: str) -> None:
        if what not in self._told:
            self._told.add(what)
            log.log(logging.ERROR if self._mismatch == "refuse" else logging.WARNING, "%s", text)


def _fits(locks: Locks, running: Digest) -> bool:
    return any(not differ(lock, running) for lock in locks)


def _words(needed: Digest | None, running: Digest) -> str:
    return (
        f"the Python packages of lock file {needed}, and this Airflow runs those of {running} ({VARIABLE}). "
        "Imports may fail, or other versions be used"
    )
