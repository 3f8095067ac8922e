"""Short words for tests of trees on a disk."""

import os
from collections.abc import Mapping
from pathlib import Path

from shipping import record_of, sources

from airside.base.digest import Digest
from airside.delivery.publish import publish
from airside.store.port import Store

OLD = 1_600_000_000_000_000_000
"""Nanoseconds: a time of change long ago."""


def ship(store: Store, files: Mapping[str, str], base: Digest | None = None) -> Digest:
    """Publish `files` and return their tree."""
    record = record_of(files)
    publish(store, sources(files), record, base=base)
    return record.tree


def read_back(folder: Path) -> dict[str, str]:
    """Return every file below `folder` with its text; links are not followed."""
    return {
        os.fspath((Path(at) / name).relative_to(folder)): (Path(at) / name).read_text()
        for at, _, names in os.walk(folder)
        for name in names
    }


def age(folder: Path) -> None:
    """Make every file below `folder` old."""
    for at, _, names in os.walk(folder):
        for name in names:
            os.utime(Path(at) / name, ns=(OLD, OLD))


def leftovers(root: Path) -> list[str]:
    """Return what is in the staging folder of `root`."""
    return sorted(path.name for path in (root / ".staging").iterdir())
