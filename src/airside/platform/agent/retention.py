"""Removing versions that nobody needs any more, and never one that somebody may still read."""

import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path

from airside.base.digest import Digest


def on_disk(root: Path) -> set[str]:
    """Return the trees that have a folder below `root`; what has another name is not ours."""
    try:
        names = [path.name for path in (root / "versions").iterdir()]
    except FileNotFoundError:
        return set()
    return {name for name in names if _is_tree(name)}


def retired(known: Mapping[str, float], present: set[str], current: str | None, moment: float) -> dict[str, float]:
    """Return when each version that is here and not current was left; one that nobody noted was left now."""
    return {tree: min(known.get(tree, moment), moment) for tree in sorted(present) if tree != current}


def removable(since: Mapping[str, float], *, keep: int, grace: float, moment: float) -> list[str]:
    """Return the versions that may go: not among the `keep` that were left last, and left `grace` seconds ago."""
    latest_first = sorted(since, key=lambda tree: since[tree], reverse=True)
    return [tree for tree in latest_first[keep:] if moment - since[tree] > grace]


def remove(root: Path, tree: str) -> None:
    """Remove one version. Its name goes first, in one step, so that no half of it is ever seen.

    Raises:
        OSError: It cannot be removed.
    """
    gone = root / ".staging" / f"{tree}.{secrets.token_hex(8)}.old"
    gone.parent.mkdir(exist_ok=True)
    (root / "versions" / tree).rename(gone)
    (root / ".state" / f"{tree}.json").unlink(missing_ok=True)
    if gone.is_symlink() or not gone.is_dir():
        gone.unlink()
    else:
        shutil.rmtree(gone)


def _is_tree(name: str) -> bool:
    try:
        return bool(Digest.parse(name))
    except ValueError:
        return False
