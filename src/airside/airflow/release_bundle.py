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

import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from airflow.dag_processing.bundles.base import BaseDagBundle, BundleVersion, get_bundle_tracking_dir
from airflow.exceptions import AirflowConfigException

from airside.airflow.backoff import Backoff
from airside.airflow.metrics import report
from airside.airflow.packages import Packages
from airside.airflow.store_access import own_store
from airside.airflow.version_lock import Hold, hold
from airside.base.digest import Digest
from airside.base.errors import AirsideError, PlatformError
from airside.base.names import is_environment_name
from airside.delivery.following import Followed, Follower
from airside.delivery.private_root import STATE
from airside.running.packages import MISMATCHES, Mismatch
from airside.running.serving import announce
from airside.store.port import Store

PATIENCE = 2.0
"""Seconds that a refresh waits for a tree before it lets the loop go on. The loop counts as dead after 30."""

log = logging.getLogger(__name__)


class ReleaseBundle(BaseDagBundle):
    """The release that an environment points to.

    Args:
        store: Where the releases are: a folder, or the URL of a bucket and prefix.
        environment: The environment to follow.
        store_options: How to reach the store (`endpoint`, `region`, …).
        trust: The path of the file that says whose signatures are demanded, on this machine and not in the
            store. None demands none.
        run_as_user: Whether tasks run as other accounts of this machine (Airflow's `run_as_user`), which may then
            read the versions on its disk.
        mismatch: What becomes of a release that was built for other Python packages than those that run here, as
            `AIRSIDE_LOCK` says: `warn` of it, `refuse` it, or `ignore` that.
        **kwargs: What Airflow gives every bundle: `name`, `version`, `refresh_interval`, ….
    """

    supports_versioning = True

    def __init__(  # noqa: PLR0913 - each is a key of Airflow's configuration
        self,
        *,
        store: str,
        environment: str,
        store_options: Mapping[str, str] | None = None,
        trust: str | None = None,
        run_as_user: bool = False,
        mismatch: Mismatch = "warn",
        **kwargs: Any,
    ) -> None:
        # A ValueError here would mean to Airflow that the bundle is no longer configured, and callbacks would be lost.
        if not is_environment_name(environment):
            raise AirflowConfigException(f"{environment!r} cannot be the name of an environment")
        if mismatch not in MISMATCHES:
            raise AirflowConfigException(f"mismatch is {mismatch!r}, and can be {', '.join(MISMATCHES)}")
        kwargs.pop("version_data", None)  # Airflow 3.4 passes it; the version alone names the tree
        super().__init__(**kwargs)
        self.environment = environment
        options = dict(store_options or {})
        self._pinned = _tree(self.version)
        self._resolved: Digest | None = None
        self._packages = Packages(environment, mismatch, self.base_dir / STATE)
        self._follower = Follower(
            self.base_dir,
            environment,
            lambda: own_store(store, options),
            trust=Path(trust) if trust else None,
            shared=run_as_user,
            admits=self._packages.admits,
        )
        self._backoff = Backoff()
        self._held: dict[Digest, Hold | None] = {}
        self._spared = False

    @property
    def path(self) -> Path:
        """Where the files are: the folder of one version, or a stable link to the current one."""
        if tree := self._pinned or self._resolved:
            return self._follower.checkouts.folder(tree)
        return self._follower.path if self.version is None else self._follower.nothing

    @property
    def store(self) -> Store:
        """The store, opened when it is first needed."""
        return self._follower.store

    def get_current_version(self) -> BundleVersion | None:
        """Return the tree that is served here; None before the first release."""
        tree = self._pinned or self._resolved or self._follower.current
        return BundleVersion(version=tree) if tree and self.version in {None, tree} else None

    def initialize(self) -> None:
        """Make the files be there. What is on disk needs no network.

        Raises:
            AirsideError: The version is not on disk and cannot be fetched, or is none of a release.
        """
        if self._pinned:
            self._initialize_pinned(self._pinned)
        elif self.version is not None:
            raise PlatformError(
                f"{self.version!r} is not a version of the release bundle {self.name!r}: the run was created when "
                "this bundle was another one",
                hint="Clear its tasks with `Run with latest bundle version`, or let such runs end before the switch.",
            )
        else:
            self._initialize_current()
        announce(self.path, self.environment)
        super().initialize()

    def _initialize_current(self) -> None:
        """Bring an unpinned bundle to what the environment serves, for a process that may never refresh it.

        Only a refresh moves the link, since only the dag processor knows which version a parse belongs to. A task
        without a version, and the command line, read the folder of the newest version itself.
        """
        self._follower.prepare()
        if (tree := self._follower.current) is None:
            self._follower.poll(patience=None, before_flip=self._hold)
            if self._follower.current is None and (refusal := self._packages.refusal):
                # An empty folder would take from Airflow all the workflows that it knows of this bundle.
                raise refusal
            return
        self._hold(tree)
        try:
            newest = self._follower.glance(patience=PATIENCE)
        except AirsideError as error:
            log.warning("Environment %s is served as it was: %s", self.environment, error)
            return
        if newest is not None and newest != tree:
            self._hold(newest)
            self._resolved = newest

    def _initialize_pinned(self, tree: Digest) -> None:
        """Make a version be there. Its content is compared with its digest, which Airflow's database gave."""
        self._hold(tree)
        checkouts = self._follower.checkouts
        if fetched := checkouts.manifest(tree) is None:
            checkouts.materialise(self._follower.store, tree)
        self._packages.require(lambda: self._follower.store, tree, fetched=fetched)

    def refresh(self) -> None:
        """Look where the environment points, and serve that once it is here.

        Raises:
            AirsideError: The store does not answer or holds bad bytes. What was served is served still; the
                same error comes again, without asking the store, until a pause is over.
        """
        if self.version is not None:
            raise PlatformError(f"Bundle {self.name!r} is pinned to {self.version}; a pinned version has no refresh")
        self._backoff.raise_if_pausing(time.monotonic())
        self._resolved = None
        announce(self.path, self.environment)  # the link, where a tree itself was read before
        try:
            followed = self._follower.poll(patience=PATIENCE, before_flip=self._hold)
        except AirsideError as error:
            report(self.name, self._follower, None)
            if self._backoff.failed(error, time.monotonic()):
                log.error("Environment %s cannot be followed: %s", self.environment, error)  # noqa: TRY400 - Airflow logs the traceback
            raise
        if self._backoff.succeeded():
            log.info("Environment %s is followed again", self.environment)
        self._tell(followed)

    def _tell(self, followed: Followed) -> None:
        if (pointer := followed.pointer) is None:
            return
        report(self.name, self._follower, None if followed.refused else pointer.generation)
        if followed.flipped:
            log.info("%s serves release %s, generation %d", self.environment, pointer.release, pointer.generation)
        if followed.flipped or not self._spared:
            self._spared = True
            self._follower.make_spare()

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


def _tree(version: str | None) -> Digest | None:
    """Return `version` as a tree; None for none, and for one of another kind of bundle.

    A constructor that raises ends the dag processor when it has a callback for such a run
    (airflow/dag_processing/manager.py 3.3.2), so the latter is told by `initialize`.
    """
    try:
        return Digest.parse(version) if version is not None else None
    except ValueError:
        return None
