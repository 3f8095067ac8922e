"""Following an environment: what it points to, verified, on this disk, behind a path that never changes.

The dag processor's bundle and `airside agent` are both this. Nothing becomes visible before its signatures are
verified, its generation is known to be the highest, and every byte has been compared with its digest.
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillRunning
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from airside.base.digest import Digest
from airside.base.errors import AirsideError, IntegrityError, PlatformError
from airside.base.names import subject
from airside.delivery.checkouts import Checkouts
from airside.delivery.disk import disk_errors
from airside.delivery.kinds import require_tree_kind
from airside.delivery.private_root import STATE
from airside.delivery.ratchet import Ratchet
from airside.delivery.tracking import Tracking
from airside.delivery.trusting import Guard
from airside.release.keys import environment_key
from airside.release.manifest import Manifest
from airside.release.pointer import MAX_POINTER_BYTES, Pointer, SealedPointer, parse_pointer
from airside.store.port import Found, Revision, Store, Unchanged

T = TypeVar("T")
OpenStore = Callable[[], Store]
BeforeFlip = Callable[[Digest], None]
Admits = Callable[[Store, Pointer], bool]


@dataclass(frozen=True, slots=True)
class Followed:
    """What a look at the environment came to.

    Attributes:
        pointer: Where the environment points; None before the first release.
        flipped: Whether another tree is served now than before. False also while a tree is still being fetched.
        refused: Whether the release there is not admitted. What was served is served still.
    """

    pointer: Pointer | None
    flipped: bool
    refused: bool = False


def _everything(_store: Store, _pointer: Pointer) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class _Work:
    """A tree that is being brought to the disk.

    Attributes:
        tree: Which one.
        near: The tree that was served when that began, if this one was not here then: its times fit that one.
        manifest: What comes of it.
    """

    tree: Digest
    near: Digest | None
    manifest: Future[Manifest]


class Follower:
    """Keeps `root` in step with an environment. Its methods are for one thread; several processes may share a root.

    Args:
        root: A folder on a local file system; see `Checkouts`.
        environment: Which environment.
        open_store: Opens the store; called when it is first needed.
        trust: The file that says whose signatures are demanded; None demands none.
        shared: Whether other accounts of this machine may read what is served.
        admits: Tells whether the release that the environment points to may be served here; asked at each look.
    """

    def __init__(  # noqa: PLR0913 - all but three have a default
        self,
        root: Path,
        environment: str,
        open_store: OpenStore,
        *,
        trust: Path | None = None,
        shared: bool = False,
        admits: Admits = _everything,
    ) -> None:
        self.root = root
        self.environment = environment
        self.checkouts = Checkouts(root, shared)
        self._open_store = open_store
        self._admits = admits
        self._opened: Store | None = None
        self._tracking = Tracking(root)
        self._ratchet = Ratchet(root / STATE, environment)
        self._guard = Guard(trust, environment)
        self._seen: tuple[SealedPointer, Revision] | None = None
        self._work: _Work | None = None
        self._aligned: tuple[Digest, Digest | None] | None = None
        self._whole: Digest | None = None

    @property
    def path(self) -> Path:
        """Where the files are: a link that stays. Never raises."""
        return self._tracking.path

    @property
    def nothing(self) -> Path:
        """A folder that is empty, once `prepare` has made it."""
        return self._tracking.empty

    @property
    def current(self) -> Digest | None:
        """The tree that is served here; None before the first one. Never raises."""
        return self._tracking.current()

    @property
    def confirmed_at(self) -> datetime | None:
        """When the store last confirmed what is served; None if it never did."""
        return self._ratchet.confirmed_at()

    @property
    def is_in_step(self) -> bool:
        """Whether the pointer that was accepted last, by whichever process, names what is served. Asks no store.

        It does not while its tree is fetched, nor where that cannot be had. One that was accepted by a process that
        demands no signatures does not count where this one does.

        Raises:
            IntegrityError: The note of that pointer is damaged.
            PlatformError: It cannot be read.
        """
        with disk_errors(self.root):
            seen = self._ratchet.seen()
        return seen is not None and seen.tree == self.current and (bool(seen.trust) or not self._guard.demands)

    @property
    def store(self) -> Store:
        """The store, opened when it is first needed."""
        if self._opened is None:
            self._opened = self._open_store()
        return self._opened

    def prepare(self) -> None:
        """Make the link, to an empty folder until something is served.

        Raises:
            PlatformError: The root is not private, or cannot be written.
        """
        self.checkouts.require_private()
        with disk_errors(self.root):
            self._tracking.prepare()

    def poll(self, *, patience: float | None, before_flip: BeforeFlip = lambda _: None) -> Followed:
        """Look where the environment points, and serve that once it is here.

        One conditional read when nothing has changed.

        Args:
            patience: Seconds to wait for a tree that has to be fetched; the fetch goes on in the background, and a
                later call serves it. None waits as long as it takes.
            before_flip: Called with a tree that is about to be served.

        Raises:
            StoreUnavailableError: The store does not answer. What was served is served still, as after every error.
            IntegrityError: The pointer or what it names is not what it should be.
            PlatformError: The disk is full or cannot be written.
        """
        sealed = self._look()
        if sealed is None:
            return Followed(None, flipped=False)
        if not self._admits(self.store, sealed.pointer):
            return Followed(sealed.pointer, flipped=False, refused=True)
        if self._serves(sealed.pointer.tree):
            return Followed(sealed.pointer, flipped=False)
        manifest = self._materialised(sealed.pointer.tree, patience)
        if manifest is None:
            return Followed(sealed.pointer, flipped=False)
        before_flip(manifest.digest)
        return Followed(sealed.pointer, flipped=self._flip(sealed.pointer, manifest))

    def glance(self, *, patience: float | None) -> Digest | None:
        """Return the tree that the environment points to, once it is on disk, and leave the link as it is.

        Where its release is not admitted, what the link leads to is returned.

        For a reader that must not change what another process serves from the same root.

        Args:
            patience: As for `poll`. When it ends, and before the first release, what the link leads to is returned.

        Raises:
            AirsideError: As `poll`.
        """
        sealed = self._look()
        if sealed is None or not self._admits(self.store, sealed.pointer) or self._serves(sealed.pointer.tree):
            return self.current
        manifest = self._materialised(sealed.pointer.tree, patience)
        return manifest.digest if manifest else self.current

    def _serves(self, tree: Digest) -> bool:
        """Tell whether `tree` is what the link leads to, and is whole: somebody may have removed the folder."""
        if tree != self.current or not self.checkouts.folder(tree).is_dir():
            return False
        if self._whole != tree and self.checkouts.manifest(tree) is not None:
            self._whole = tree
        return self._whole == tree

    def _look(self) -> SealedPointer | None:
        """Return where the environment points, verified."""
        if self._guard.has_changed():
            self._seen = None  # what was accepted under other keys is looked at again
        known = self._seen
        found = self.store.read(
            environment_key(self.environment), limit=MAX_POINTER_BYTES, unless=known[1] if known else None
        )
        if found is Unchanged.UNCHANGED:
            with disk_errors(self.root):
                self._ratchet.confirm()
        elif isinstance(found, Found):
            sealed = parse_pointer(found.data, self.environment)
            self._accept(sealed)
            self._seen = (sealed, found.revision)
        elif known or self.confirmed_at:
            raise IntegrityError(
                f"{subject(self.environment)} has vanished from {self.store.location}",
                hint="What was served is served still. Look whether this is the right store.",
            )
        return self._seen[0] if self._seen else None

    def _accept(self, sealed: SealedPointer) -> None:
        self._guard.require_trusted(self.store, sealed)
        with disk_errors(self.root):
            self._ratchet.accept(sealed.pointer, self._guard.fingerprint)

    def _materialised(self, tree: Digest, patience: float | None) -> Manifest | None:
        """Return the manifest of `tree` once it is on disk; None while it is being fetched."""
        work = self._work
        if work is None or work.tree != tree:
            near, store = self.current, self.store
            fits = near if not self.checkouts.folder(tree).exists() else None
            work = _Work(tree, fits, self._start(lambda: self.checkouts.materialise(store, tree, near=near)))
            self._work = work
        try:
            manifest = work.manifest.result(timeout=patience)
        except StillRunning:
            return None
        except AirsideError:
            self._work = None
            raise
        self._work, self._aligned = None, (tree, work.near)
        require_tree_kind(manifest, self.environment)
        return manifest

    def _flip(self, pointer: Pointer, manifest: Manifest) -> bool:
        """Serve `manifest`, unless another process that shares the root has gone further meanwhile."""
        with disk_errors(self.root), self._ratchet.held():
            if not self._ratchet.is_newest(pointer):
                return False
            if self._aligned != (manifest.digest, self.current):
                self.checkouts.align(manifest, self.current)
            self._tracking.flip(manifest.digest)
            self._whole = manifest.digest
        return True

    def make_spare(self) -> None:
        """Copy what is served, in the background, so that the next release that changes little is here at once."""
        if self._work is None and (tree := self.current) is not None:
            self._start(lambda: self._try_spare(tree))

    def _try_spare(self, tree: Digest) -> None:
        # A spare is a convenience: without one the next tree is copied when it comes, and says what is wrong.
        with suppress(PlatformError):
            self.checkouts.prepare_spare(tree)

    def _start(self, work: Callable[[], T]) -> Future[T]:
        executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"airside-{self.environment}")
        future = executor.submit(work)
        executor.shutdown(wait=False)
        return future
