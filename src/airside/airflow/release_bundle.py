"""`ReleaseBundle`: Airflow serves the release of an environment, and pins every run to its tree.

What Airflow 3.3.2 does to a bundle, and what therefore holds here:

* An exception from `path` or `get_current_version` ends the dag processor with all its bundles. Both read
  the disk and cannot raise.
* `initialize` and `refresh` may raise: it is logged, and what was served before is served still.
* `refresh` runs in the one loop of the dag processor: it is one conditional GET; a tree is fetched in the
  background and becomes current in the turn after it is whole.
* A worker process is new for each task: a version that is on disk costs no network.
* Constructors run where no connection can be looked up, so nothing is opened before it is used.
"""

import time
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillRunning
from pathlib import Path
from typing import Any

from airflow.dag_processing.bundles.base import BaseDagBundle, BundleVersion, get_bundle_tracking_dir
from airflow.exceptions import AirflowConfigException

from airside.airflow.backoff import Backoff
from airside.airflow.tracking import Tracking
from airside.airflow.version_lock import Hold, hold
from airside.base.digest import Digest
from airside.base.errors import AirsideError, IntegrityError, PlatformError
from airside.base.names import is_environment_name
from airside.delivery.checkouts import Checkouts
from airside.release.keys import environment_key
from airside.release.manifest import Manifest
from airside.release.pointer import MAX_POINTER_BYTES, Pointer, parse_pointer
from airside.store.opening import open_store
from airside.store.port import Found, Revision, Store, Unchanged

PATIENCE = 2.0
"""Seconds that a refresh waits for a tree before it lets the loop go on. The loop counts as dead after 30."""


class ReleaseBundle(BaseDagBundle):
    """The release that an environment points to.

    Args:
        store: Where the releases are: a folder, or the URL of a bucket and prefix.
        environment: The environment to follow.
        store_options: How to reach the store (`endpoint`, `region`, …).
        **kwargs: What Airflow gives every bundle: `name`, `version`, `refresh_interval`, ….
    """

    supports_versioning = True

    def __init__(
        self, *, store: str, environment: str, store_options: Mapping[str, str] | None = None, **kwargs: Any
    ) -> None:
        # A ValueError here would mean to Airflow that the bundle is no longer configured, and callbacks would be lost.
        if not is_environment_name(environment):
            raise AirflowConfigException(f"{environment!r} cannot be the name of an environment")
        kwargs.pop("version_data", None)  # Airflow 3.4 passes it; the version alone names the tree
        super().__init__(**kwargs)
        self.environment = environment
        self._location = store
        self._options = dict(store_options or {})
        self._pinned = _pinned_tree(self.version)
        self._checkouts = Checkouts(self.base_dir)
        self._tracking = Tracking(self.base_dir)
        self._opened: Store | None = None
        self._seen: tuple[Pointer, Revision] | None = None
        self._fetching: tuple[Digest, Future[Manifest]] | None = None
        self._backoff = Backoff()
        self._held: dict[Digest, Hold | None] = {}

    @property
    def path(self) -> Path:
        """Where the files are: the folder of the pinned version, or a stable link to the current one."""
        return self._checkouts.folder(self._pinned) if self._pinned else self._tracking.path

    def get_current_version(self) -> BundleVersion | None:
        """Return the tree that is served here; None before the first release."""
        tree = self._pinned or self._tracking.current()
        return BundleVersion(version=tree) if tree else None

    def initialize(self) -> None:
        """Make the files be there. What is on disk needs no network.

        Raises:
            AirsideError: The version is not on disk and cannot be fetched.
        """
        if self._pinned:
            self._hold(self._pinned)
            if self._checkouts.manifest(self._pinned) is None:
                self._checkouts.materialise(self._store(), self._pinned)
        else:
            self._prepare()
            if self._tracking.current() is None:
                self._follow(patience=None)
        super().initialize()

    def refresh(self) -> None:
        """Look where the environment points, and serve that once it is here.

        Raises:
            AirsideError: The store does not answer or holds bad bytes. What was served is served still; the
                same error comes again, without asking the store, until a pause is over.
        """
        if self._pinned:
            raise PlatformError(f"Bundle {self.name!r} is pinned to {self._pinned}; a pinned version has no refresh")
        self._backoff.raise_if_pausing(time.monotonic())
        try:
            self._follow(patience=PATIENCE)
        except AirsideError as error:
            self._backoff.failed(error, time.monotonic())
            raise
        self._backoff.succeeded()

    def _follow(self, *, patience: float | None) -> None:
        """Serve the tree that the environment points to, if it is here within `patience` seconds; None waits."""
        if (pointer := self._read_pointer()) is None or pointer.tree == self._tracking.current():
            return
        if (manifest := self._materialised(pointer.tree, patience)) is None:
            return
        self._hold(manifest.digest)
        try:
            self._tracking.flip(manifest)
        except OSError as error:
            raise PlatformError(f"Cannot serve {manifest.digest} from {self.base_dir}: {error}") from error

    def _read_pointer(self) -> Pointer | None:
        key = environment_key(self.environment)
        found = self._store().read(key, limit=MAX_POINTER_BYTES, unless=self._seen[1] if self._seen else None)
        if isinstance(found, Found):
            pointer = parse_pointer(found.data, self.environment).pointer
            self._require_forward(pointer)
            self._seen = (pointer, found.revision)
        elif found is not Unchanged.UNCHANGED and self._seen:
            raise IntegrityError(f"Environment {self.environment!r} has vanished from {self._location}")
        return self._seen[0] if self._seen else None

    def _require_forward(self, pointer: Pointer) -> None:
        """Refuse a pointer older than one seen before: a stale copy of the store, or somebody's replay."""
        if self._seen and pointer.generation < self._seen[0].generation:
            raise IntegrityError(
                f"Environment {self.environment!r} in {self._location} went back from generation "
                f"{self._seen[0].generation} to {pointer.generation}"
            )

    def _materialised(self, tree: Digest, patience: float | None) -> Manifest | None:
        """Return the manifest of `tree` once it is on disk; None while it is being fetched."""
        if self._fetching is None or self._fetching[0] != tree:
            executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"airside-{self.name}")
            self._fetching = (tree, executor.submit(self._checkouts.materialise, self._store(), tree))
            executor.shutdown(wait=False)
        try:
            manifest = self._fetching[1].result(timeout=patience)
        except StillRunning:
            return None
        except AirsideError:
            self._fetching = None
            raise
        self._fetching = None
        return manifest

    def _prepare(self) -> None:
        try:
            self._tracking.prepare()
        except OSError as error:
            raise PlatformError(f"Cannot write below {self.base_dir}: {error}") from error

    def _hold(self, tree: Digest) -> None:
        """Keep Airflow's clean-up away from `tree`, and from no other."""
        if tree in self._held:
            return
        try:
            held = hold(get_bundle_tracking_dir(self.name) / tree)
        except OSError as error:
            raise PlatformError(f"Cannot lock version {tree} of bundle {self.name!r}: {error}") from error
        for former in self._held.values():
            if former is not None:
                former.release()
        self._held = {tree: held}

    def _store(self) -> Store:
        if self._opened is None:
            self._opened = open_store(self._location, self._options)
        return self._opened


def _pinned_tree(version: str | None) -> Digest | None:
    if version is None:
        return None
    try:
        return Digest.parse(version)
    except ValueError as error:
        raise AirflowConfigException(f"{version!r} is not a version of a release bundle: {error}") from error
