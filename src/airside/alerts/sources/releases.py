"""Which release a run was of, from which commit and by whom: what the store says of a tree."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Final

from airside.base.errors import AirsideError
from airside.delivery.environments import read_current, read_history, read_record
from airside.release.record import Source
from airside.store.port import Store

_FAR_BACK: Final = 200
"""Moves of an environment that are looked through for a tree."""


@dataclass(frozen=True, slots=True)
class Made:
    """Where a tree came from.

    Attributes:
        release: The id of the release.
        commit: Its commit, shortened, with its author: ``1a2b3c4d (Ana)``.
    """

    release: str | None = None
    commit: str | None = None


class Releases:
    """Remembers what the store said of trees.

    Args:
        stores: For each environment its store; the working tree has none.
    """

    def __init__(self, stores: Mapping[str, Store]) -> None:
        self._stores = stores
        self._known: dict[tuple[str, str], Made] = {}

    def of(self, environment: str, tree: str | None) -> Made:
        """Return where `tree` came from; nothing where the store does not say.

        A message without it is better than none, so that a store that is away is no error here.
        """
        if tree is None or environment not in self._stores:
            return Made()
        if (environment, tree) not in self._known:
            try:
                self._known[environment, tree] = self._find(self._stores[environment], environment, tree)
            except AirsideError:  # asked again for the next event
                return Made()
        return self._known[environment, tree]

    def current(self, environment: str) -> Made:
        """Return what `environment` points to; nothing where the store does not say."""
        try:
            current = read_current(self._stores[environment], environment) if environment in self._stores else None
        except AirsideError:
            return Made()
        return self.of(environment, current.pointer.tree if current else None)

    def _find(self, store: Store, environment: str, tree: str) -> Made:
        for entry in islice(read_history(store, environment), _FAR_BACK):
            if entry.pointer.tree == tree:
                release = entry.pointer.release
                return Made(release, commit_of(read_record(store, release).source))
        return Made()


def commit_of(source: Source) -> str | None:
    """Return the commit of a release, shortened, and the name of its author."""
    if source.commit is None:
        return None
    name = (source.author or "").partition("<")[0].strip()
    changed = " with changes" if source.dirty else ""
    return f"{source.commit[:8]}{changed}" + (f" ({name})" if name else "")
