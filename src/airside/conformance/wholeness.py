"""An independent check of a store: all that an environment can reach is there, whole and in order.

It trusts no listing and no cache: it starts at the pointers and reads every object on the way, as a worker with an
empty disk would. `restore` is the same down to files on a disk, the drill of every backup.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from airside.base.digest import Digest
from airside.base.errors import IntegrityError
from airside.delivery.checkouts import Checkouts
from airside.delivery.descriptions import read_description
from airside.delivery.environments import pointer_names, read_history, read_manifest, read_record, require_current
from airside.delivery.fetch import fetch_files
from airside.release.pointer import Pointer, SealedPointer
from airside.release.tree import File, Tree
from airside.store.port import Store


@dataclass
class Wholeness:
    """What was found whole.

    Attributes:
        entries: Entries of histories, pointers included.
        releases: The ids of the releases that they name.
        descriptions: What these say that their workflows are.
        trees: The trees of these, every byte of every file read.
    """

    entries: int = 0
    releases: set[str] = field(default_factory=set)
    descriptions: set[Digest] = field(default_factory=set)
    trees: set[Digest] = field(default_factory=set)


def require_whole(store: Store, environments: Sequence[str] | None = None, *, newest: int | None = None) -> Wholeness:
    """Read all that `environments` can reach, and return what there was.

    Args:
        store: The store to check.
        environments: Which ones; None asks for a listing of them.
        newest: Of how many of the newest generations the releases must be there, as garbage collection keeps them;
            None for all. The history itself must reach back to its beginning.

    Raises:
        IntegrityError: Something is missing, is not what its name says, or a history is not one line.
        StoreUnavailableError: The store does not answer.
    """
    whole = Wholeness()
    for name in pointer_names(store) if environments is None else environments:
        for age, entry in enumerate(linear_history(store, name)):
            whole.entries += 1
            if newest is None or age < newest:
                _require_release(store, entry.pointer, whole)
    return whole


def linear_history(store: Store, environment: str) -> Iterator[SealedPointer]:
    """Yield the entries of the history of `environment`, the newest first, each the one that its successor names.

    Raises:
        IntegrityError: It is not one line.
    """
    later: SealedPointer | None = None
    for entry in read_history(store, environment):
        if later is not None and not later.follows(entry):
            raise IntegrityError(
                f"Generation {later.pointer.generation} of {environment!r} names {later.pointer.previous} as the one "
                f"before it, and the history has {entry.pointer.generation}, release {entry.pointer.release}"
            )
        later = entry
        yield entry
    if later is None or later.pointer.generation != 1:
        raise IntegrityError(f"The history of {environment!r} does not reach back to generation 1")


def _require_release(store: Store, pointer: Pointer, whole: Wholeness) -> None:
    if pointer.release not in whole.releases:
        record = read_record(store, pointer.release)
        if record.tree != pointer.tree:
            raise IntegrityError(f"Release {record.id} is of tree {record.tree}, and its pointer says {pointer.tree}")
        if record.description and record.description not in whole.descriptions:
            read_description(store, record)
            whole.descriptions.add(record.description)
        whole.releases.add(pointer.release)
    if pointer.tree not in whole.trees:
        for _ in fetch_files(store, read_manifest(store, pointer.tree)):
            continue  # each file was compared with its digest before it was handed on
        whole.trees.add(pointer.tree)


def restore(store: Store, root: Path, environments: Sequence[str] | None = None) -> dict[str, Digest]:
    """Materialise what every environment serves below the empty folder `root`, and compare what is then on the disk.

    Args:
        store: The store to restore from.
        root: Where to; remove it afterwards.
        environments: Which ones; None asks for a listing of them.

    Returns:
        The tree of each environment.

    Raises:
        IntegrityError: The files on the disk are not the tree.
        AirsideError: As `Checkouts.materialise` does.
    """
    restored = {}
    checkouts = Checkouts(root)
    for name in pointer_names(store) if environments is None else environments:
        tree = require_current(store, name).pointer.tree
        checkouts.materialise(store, tree)
        if (found := digest_on_disk(checkouts.folder(tree))) != tree:
            raise IntegrityError(f"{name!r} serves {tree}, and the restored files are {found}")
        restored[name] = tree
    return restored


def digest_on_disk(folder: Path) -> Digest:
    """Return the digest of the tree of all files below `folder`, whoever wrote them.

    Raises:
        IntegrityError: There is something else than files and folders.
        OSError: A file cannot be read.
    """
    return Tree.of(_files(folder, "")).digest


def _files(folder: Path, prefix: str) -> Iterator[File]:
    for entry in os.scandir(folder):
        path = prefix + entry.name
        if entry.is_dir(follow_symlinks=False):
            yield from _files(Path(entry.path), f"{path}/")
        elif entry.is_file(follow_symlinks=False):
            data = Path(entry.path).read_bytes()
            executable = bool(entry.stat(follow_symlinks=False).st_mode & 0o100)
            yield File(path=path, sha256=hashlib.sha256(data).hexdigest(), size=len(data), executable=executable)
        else:
            raise IntegrityError(f"{entry.path} is neither a file nor a folder")
