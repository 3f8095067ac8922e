"""Where the code of this task came from: environment and tree by the disk, release and commit by the store.

No task needs the store: what is not known after a few seconds stays unsaid.
"""

import logging
import threading
from dataclasses import replace
from itertools import islice
from typing import Any, Final

from airside.authoring.summary.facts import Origin
from airside.base.digest import Digest
from airside.base.errors import AirsideError, UsageError
from airside.delivery.environments import read_history, read_record
from airside.running.current import current_environment
from airside.running.serving import served_here
from airside.store.port import Store

_PATIENCE: Final = 5.0
"""Seconds for the store."""

_GENERATIONS: Final = 32
"""How far back in the history the release of a tree is looked for: a pinned run is rarely older."""

log = logging.getLogger(__name__)


def find_origin(bundle: Any) -> Origin:  # noqa: ANN401 - Airflow's, of any class
    """Return where the code of the task that runs here came from; `bundle` is the one that serves it."""
    try:
        here = Origin(environment=current_environment(), tree=_tree())
    except UsageError:
        return Origin()
    if here.tree is None or not hasattr(type(bundle), "store"):
        return here
    return _in_time(bundle, here)


def _tree() -> str | None:
    serving = served_here()
    try:
        return str(Digest.parse(serving.root.resolve().name)) if serving else None
    except (OSError, ValueError):
        return None


def _in_time(bundle: Any, here: Origin) -> Origin:  # noqa: ANN401 - as above
    """Return `here` with what the store of `bundle` tells about it, if it does in time."""
    found = [here]

    def ask() -> None:
        try:
            found[0] = released(bundle.store, here)
        except AirsideError as error:
            log.warning("Which release this is cannot be told: %s", error)

    # A daemon, which the end of the process does not wait for.
    asking = threading.Thread(target=ask, name="airside-origin", daemon=True)
    asking.start()
    asking.join(_PATIENCE)
    return found[0]


def released(store: Store, here: Origin) -> Origin:
    """Return `here` with the release that brought its tree, and the commit of that.

    Raises:
        AirsideError: The store does not answer, or what it holds is damaged.
    """
    history = islice(read_history(store, here.environment or ""), _GENERATIONS)
    release = next((entry.pointer.release for entry in history if entry.pointer.tree == here.tree), None)
    if release is None:
        return here
    source = read_record(store, release).source
    return replace(here, release=release, commit=source.commit, author=source.author)
