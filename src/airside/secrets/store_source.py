"""The secrets that an environment's channel points to: followed, verified, and kept encrypted on this disk."""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from airside.base.digest import Digest
from airside.base.errors import AirsideError, StoreUnavailableError
from airside.base.names import secrets_channel
from airside.delivery.following import Follower, OpenStore
from airside.secrets.checked_out import read_documents
from airside.secrets.identities import Keys
from airside.secrets.layers import open_secrets
from airside.secrets.values import Secrets

INTERVAL = 5.0
"""Seconds between two looks at the store: `airside secrets apply` is noticed within them."""

LONGEST_PAUSE = 60.0
"""Seconds between two looks at a store that does not answer."""

log = logging.getLogger(__name__)


class StoreSource:
    """The secrets of an environment as they were applied to it in a store.

    One conditional read each `interval`, by whichever process that shares `root` is first. While the store does not
    answer, the last documents are used, whose signatures were verified when they came. Threads may share a source; a
    process that forks makes one after the fork, since the client of a store does not outlive one.

    Args:
        root: A private folder of its own on a local file system; only encrypted documents are kept there.
        environment: Whose secrets.
        open_store: Opens the store; called when it is first needed.
        keys: What decrypts the documents.
        trust: The file that says whose signatures are demanded; None demands none.
        interval: Seconds between two looks.
        clock: Seconds since the epoch.
    """

    def __init__(  # noqa: PLR0913 - the last three are seldom given
        self,
        root: Path,
        environment: str,
        open_store: OpenStore,
        keys: Keys,
        trust: Path | None = None,
        *,
        interval: float = INTERVAL,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._environment = environment
        self._keys = keys
        self._interval = interval
        self._clock = clock
        self._lock = Lock()
        self._follower = Follower(root, secrets_channel(environment), open_store, trust=trust)
        self._held: tuple[Digest | None, Secrets] | None = None
        self._looked: float | None = None
        self._failure: AirsideError | None = None
        self._pause = interval
        self._warned = False

    def read(self) -> Secrets:
        """Return the secrets that were applied; empty ones where none ever were.

        Raises:
            StoreUnavailableError: The store does not answer, and there are no documents here yet.
            IntegrityError: What the channel points to, or a document, is not what it should be. It is an error until
                that is right again, also where older documents are here.
            AirsideError: A document cannot be decrypted or has another shape; the disk is full.
        """
        if (answer := self._fresh()) is not None:
            return answer
        held = self._held if self._failure is None else None
        if held is None:
            self._lock.acquire()
        elif not self._lock.acquire(blocking=False):
            return held[1]  # another thread asks the store; whoever has an answer does not wait for it
        try:
            return self._fresh() or self._look()
        finally:
            self._lock.release()

    def _fresh(self) -> Secrets | None:
        """Return the last answer, or raise the last failure, while that is good."""
        if self._looked is None or not 0 <= self._clock() - self._looked < self._pause:
            return None
        failure = self._failure  # another thread may forget it meanwhile
        if failure is not None:
            raise failure.with_traceback(None)  # or each time would add to the traceback, and keep what it refers to
        return self._held[1] if self._held else None

    def _look(self) -> Secrets:
        try:
            asked = self._follow()
            self._held = self._loaded(self._follower.current)
        except AirsideError as error:
            self._failure, self._looked = error, self._clock()
            raise
        self._failure, self._looked = None, asked
        return self._held[1]

    def _follow(self) -> float:
        """Make the newest documents be there, and return when the store was asked, by this process or another one."""
        if (asked := self._confirmed()) is None:
            asked = self._clock()
            try:
                self._follower.prepare()
                self._follower.poll(patience=None)
            except StoreUnavailableError as error:
                if not self._is_here():
                    raise
                self._make_do(error)
                return asked
        self._pause, self._warned = self._interval, False
        return asked

    def _confirmed(self) -> float | None:
        """Return when a process was told that what is here is the newest; None unless that was just now."""
        confirmed = self._follower.confirmed_at
        if confirmed is None or not 0 <= self._clock() - confirmed.timestamp() < self._interval:
            return None
        return confirmed.timestamp() if self._follower.is_in_step and self._is_here() else None

    def _is_here(self) -> bool:
        tree = self._follower.current
        return tree is not None and self._follower.checkouts.manifest(tree) is not None

    def _make_do(self, error: StoreUnavailableError) -> None:
        """Say once that older documents are used, and ask less often: each look may wait for a timeout."""
        if not self._warned:
            log.warning("The secrets of %s are used as they were last applied here: %s", self._environment, error)
        self._warned = True
        self._pause = max(self._interval, min(2 * self._pause, LONGEST_PAUSE))

    def _loaded(self, tree: Digest | None) -> tuple[Digest | None, Secrets]:
        if self._held is not None and self._held[0] == tree:
            return self._held
        if tree is None:
            return None, Secrets()
        documents = read_documents(self._follower.checkouts, tree, self._environment)
        return tree, open_secrets(documents, self._keys, version=tree)
