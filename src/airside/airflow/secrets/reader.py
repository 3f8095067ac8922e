"""What the secrets backend reads in one process: the documents of its environments, and the failures to."""

import hashlib
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from airflow.dag_processing.bundles.base import get_bundle_storage_root_path

from airside.airflow.backoff import Backoff
from airside.airflow.secrets.options import Options
from airside.base.errors import AirsideError, UsageError
from airside.base.names import bundle_name
from airside.secrets.folder_source import FolderSource
from airside.secrets.identities import load_keys
from airside.secrets.values import Secrets

if TYPE_CHECKING:
    from airside.secrets.store_source import StoreSource
    from airside.store.port import Store

T = TypeVar("T")

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 5.0
"""Seconds for which a failure answers every look-up: a corrected document is seen soon, and a store that is down is
not asked by each of a hundred look-ups."""

INTERVAL = 2.0
"""Seconds between two looks at a store, of all processes that share a folder for what was read."""

log = logging.getLogger(__name__)


class Reader:
    """The sources of the environments that a process asks for. For one process: a forked one makes its own.

    Args:
        options: Where the secrets are.
        variables: The environment variables of the process, where the key may be.
    """

    def __init__(self, options: Options, variables: dict[str, str]) -> None:
        self._options = options
        self._variables = variables
        self._sources: dict[str, FolderSource | StoreSource] = {}
        self._opened: Store | None = None
        self._backoffs: dict[str, Backoff] = {}
        self._making = threading.Lock()

    def secrets(self, environment: str) -> Secrets:
        """Return the secrets of `environment` as they are now.

        Raises:
            AirsideError: They cannot be read, or could not a moment ago.
        """
        return self.guarded(f"The secrets of {environment}", lambda: self._read(environment))

    def guarded(self, what: str, read: Callable[[], T]) -> T:
        """Return what `read` returns; after a failure, raise that again until a pause is over.

        Raises:
            AirsideError: `read` raised it, now or a moment ago.
        """
        backoff = self._backoffs.setdefault(what, Backoff(first=FIRST_PAUSE, longest=LONGEST_PAUSE))
        backoff.raise_if_pausing(time.monotonic())
        try:
            found = read()
        except AirsideError as error:
            if backoff.failed(error, time.monotonic()):
                log.error("%s cannot be read: %s%s", what, error, f". {error.hint}" if error.hint else "")  # noqa: TRY400
            raise
        if backoff.succeeded():
            log.info("%s can be read again", what)
        return found

    def _read(self, environment: str) -> Secrets:
        with self._making:  # threads share one, which asks the store once for all
            if (source := self._sources.get(environment)) is None:
                source = self._sources[environment] = self._source(environment)
        try:
            return source.read()
        except UsageError:
            # No key of this process fits, or a file cannot be read: the next attempt loads the keys again, too.
            self._sources.pop(environment, None)
            raise

    def _source(self, environment: str) -> "FolderSource | StoreSource":
        options = self._options
        keys = load_keys(self._variables, options.key_file)
        if options.folder is not None:
            return FolderSource(options.folder, environment, keys)
        # A task that reads a folder of the working tree needs nothing of stores, which takes longest to import.
        from airside.secrets.store_source import StoreSource  # noqa: PLC0415 - as said

        # Two Airflows of one account may have a `production` each.
        place = hashlib.sha256(str(options.store).encode()).hexdigest()[:12]
        root = self._cache() / place / bundle_name(environment)
        return StoreSource(root, environment, self._store, keys, options.trust, interval=INTERVAL)

    def _cache(self) -> Path:
        # Beside the bundles of this machine: where something can be written.
        return self._options.cache or Path(get_bundle_storage_root_path()) / ".secrets"

    def _store(self) -> "Store":
        from airside.airflow.store_access import careful_store  # noqa: PLC0415 - as above

        with self._making:
            if self._opened is None:
                self._opened = careful_store(str(self._options.store), self._options.store_options)
            return self._opened
