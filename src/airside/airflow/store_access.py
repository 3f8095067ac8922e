"""Opening a store where processes fork.

The client of object stores runs threads of its own (obstore's, of tokio). A process that was forked from one that has
used it has none of them, and waits for them for ever. Airflow forks: the dag processor for each DAG file, the local
executor for each task. So the bundles use a bucket in the processes that never fork after that or whose children never
use one, and the secrets backend, which every process asks, uses it there too; elsewhere another process asks for it.
"""

import os
from collections.abc import Mapping
from typing import Final

from airside.airflow.asked_store import AskedStore
from airside.airflow.supervised import supervisor
from airside.store.opening import open_store
from airside.store.port import Store

_BUCKETS: Final = ("s3:", "gs:", "az:")

_used_in: set[int] = set()
"""The processes that have opened a bucket themselves: this one, and those it was forked from."""


def own_store(url: str, options: Mapping[str, str]) -> Store:
    """Return the store at `url`, used by this process itself.

    Raises:
        UsageError: The URL or an option is wrong.
    """
    if url.startswith(_BUCKETS):
        _used_in.add(os.getpid())
    return open_store(url, options)


def careful_store(url: str, options: Mapping[str, str]) -> Store:
    """Return the store at `url` for reading, asked through another process where this one must not ask it itself.

    Raises:
        UsageError: The URL or an option is wrong.
    """
    # A process that runs code of workflows is one that Airflow has forked, and forks none itself.
    if not url.startswith(_BUCKETS) or (supervisor() is not None and _used_in <= {os.getpid()}):
        return own_store(url, options)
    return AskedStore(url, options)
