"""Which release of an environment was built from a git commit: what a tag promotes."""

import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Final

from airside.base.digest import Digest
from airside.base.errors import RefusedError, UsageError
from airside.base.names import subject
from airside.delivery.environments import read_history, read_record
from airside.release.record import Record
from airside.store.port import Store

LOOK_BACK: Final = 1000
"""Moves of the environment that are looked at."""

_COMMIT: Final = re.compile(r"[0-9a-f]{7,64}")
_READERS: Final = 32
_SHOWN: Final = 3


def parse_commit(text: str) -> str:
    """Return `text`, the name of a git commit or the beginning of one.

    Raises:
        UsageError: It cannot be that.
    """
    if _COMMIT.fullmatch(found := text.strip().lower()):
        return found
    raise UsageError(
        f"{text!r} is not the name of a commit: 7 hexadecimal digits of it at least",
        hint="`git rev-parse v1.2.3^{commit}` prints that of a tag.",
    )


@dataclass(frozen=True, slots=True)
class Content:
    """What a release of a commit is made of.

    Attributes:
        tree: Its files.
        lock: Its packages; None where it names none.
    """

    tree: Digest
    lock: Digest | None


def release_built_from(
    store: Store, environment: str, commit: str, content: Callable[[], Content | None] = lambda: None
) -> Record:
    """Return the release that `environment` serves or has served and that was built from the git commit `commit`.

    Of several releases of the same files for the same packages it is the one that was served last.

    Args:
        store: The store that holds the environment.
        environment: Whose history counts.
        commit: The full name of the commit, or the beginning of it, as `parse_commit` returns it.
        content: Returns what a release of the commit would be, where that can be told: a deploy of a commit that
            changes nothing of what ships makes no release, and the one before is the commit's too.

    Raises:
        UnknownEnvironmentError: Nothing was ever deployed to `environment`.
        RefusedError: No release was built from it, or only with uncommitted changes; or which one is meant is not
            clear: several commits begin so, or releases of the commit differ.
    """
    records = list(_records(store, environment))
    found = [record for record in records if (record.source.commit or "").startswith(commit)]
    if not found and (same := _same(records, content())):
        return same
    if not found:
        raise RefusedError(
            f"{subject(environment)} has never served a release that was built from commit {commit}",
            hint=f"`airside deploy {environment}` makes one, at that commit. `airside history {environment}` lists "
            "releases.",
        )
    if len(commits := dict.fromkeys(str(record.source.commit) for record in found)) > 1:
        shown = ", ".join(list(commits)[:_SHOWN])
        raise RefusedError(
            f"{commit} is the beginning of several commits that {environment!r} has served: {shown}",
            hint="Write more of its name.",
        )
    clean = [record for record in found if not record.source.dirty]
    if not clean:
        raise RefusedError(
            f"Release {found[0].id} was built from commit {commit} with uncommitted changes on top: "
            "it is not what the commit holds",
            hint=f"Deploy the commit itself to {environment!r}, or name that release: `airside plan TO --release ID`.",
        )
    _require_the_same(clean, commit, environment)
    return clean[0]


def _records(store: Store, environment: str) -> Iterator[Record]:
    """Yield the releases that `environment` has served, the last one first, without those that were removed."""
    history = islice(read_history(store, environment), LOOK_BACK)
    releases = list(dict.fromkeys(entry.pointer.release for entry in history))
    with ThreadPoolExecutor(_READERS) as threads:
        yield from filter(None, threads.map(lambda release: _read(store, release), releases))


def _read(store: Store, release: str) -> Record | None:
    try:
        return read_record(store, release)
    except RefusedError:  # garbage collection removed it
        return None


def _same(records: Sequence[Record], content: Content | None) -> Record | None:
    if content is None:
        return None
    wanted = (content.tree, content.lock)
    return next((record for record in records if (record.tree, record.requirements.lock) == wanted), None)


def _require_the_same(records: Sequence[Record], commit: str, environment: str) -> None:
    if len({(record.tree, record.requirements.lock) for record in records}) == 1:
        return
    shown = ", ".join(record.id for record in records[:_SHOWN])
    raise RefusedError(
        f"Releases of {environment!r} that were built from commit {commit} differ: {shown}",
        hint="Another version of Airside or other packages made them. Name one: `airside plan TO --release ID`.",
    )
