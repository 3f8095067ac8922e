"""A tree in a folder of the user's choice, without Airflow: complete or untouched at every moment.

```
<parent>/<name>                        the folder: exactly the files of the tree
<parent>/.<name>.airside/              ours: what is known of that folder
<parent>/.<name>.airside/lock          held by the one who writes
<parent>/.<name>.airside/written/…     the manifests of the trees that the folder may hold
<parent>/.<name>.airside/outgoing/…    what takes the place of the folder, or has left it
```

The manifest is written before the folder is replaced, so that after a kill at any moment the next export knows
whose files are there. A folder that holds anything else is never touched.
"""

import errno
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from airside.base.digest import Digest
from airside.base.errors import IntegrityError, PlatformError, RefusedError
from airside.base.exchange import exchange
from airside.base.files import sync_folder, write_atomically
from airside.delivery.checkouts import Checkouts
from airside.delivery.environments import read_manifest
from airside.delivery.folders import compare
from airside.release.manifest import Manifest, parse_manifest
from airside.store.port import Store

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_MOUNTED = frozenset({errno.EBUSY, errno.EXDEV})


def companion(target: Path) -> Path:
    """Return the folder beside `target` where is kept what is known of it, made where it is missing.

    Raises:
        RefusedError: Somebody else made it.
        PlatformError: It cannot be made.
    """
    own = _companion(target)
    with _translated(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        own.mkdir(mode=0o700, exist_ok=True)
        status = own.lstat()
    if own.is_symlink() or status.st_uid != os.geteuid():
        raise RefusedError(f"{own} is a link, or belongs to another account", hint="Find out who made it; remove it.")
    return own


def _companion(target: Path) -> Path:
    return target.parent / f".{target.name}.airside"


def export(store: Store, tree: Digest, target: Path) -> bool:
    """Make `target` hold exactly the files of `tree`; return whether that changed anything.

    Safe to kill at any moment and to call by several processes at once: they take turns.

    Args:
        store: Where the tree is.
        tree: Which tree.
        target: Absolute; it is missing, empty, or holds what an earlier call put there.

    Raises:
        RefusedError: `target` holds something else.
        StoreUnavailableError: The store does not answer.
        IntegrityError: The store holds other bytes than the digests say.
        PlatformError: The disk is full or cannot be written.
    """
    manifest = read_manifest(store, tree)
    with _translated(target), _alone(target):
        _require_folder(target)
        if target.exists() and any(target.iterdir()):
            if not compare(target, manifest):
                _remember(target, manifest)
                _tidy(target, tree)
                return False
            _require_ours(target)
        Checkouts(_companion(target) / "trees").materialise(store, tree)
        _put(target, manifest)
    return True


def _require_folder(target: Path) -> None:
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        kind = "a symbolic link" if target.is_symlink() else "not a folder"
        raise RefusedError(f"{target} is {kind}; nothing was changed", hint="Name a folder that is new or empty.")


def _require_ours(target: Path) -> None:
    """Refuse a folder that holds what no export has put there."""
    known = [compare(target, manifest) for manifest in _written(target)]
    if any(not differences.added_by_others for differences in known):
        return
    if not known:
        raise RefusedError(
            f"{target} holds files that `airside fetch` did not put there; nothing was changed",
            hint="Name a folder that is new or empty.",
        )
    nearest = min((differences.added_by_others for differences in known), key=len)
    shown = ", ".join(nearest[:3]) + (" …" if len(nearest) > 3 else "")  # noqa: PLR2004 - enough to recognise them
    raise RefusedError(
        f"In {target} files were added or changed since they were fetched: {shown}; nothing was changed",
        hint=f"Move them away, or remove {target}; then run the command again.",
    )


def _written(target: Path) -> list[Manifest]:
    folder = _companion(target) / "written"
    manifests = []
    for path in sorted(folder.glob("sha256-*.json")):
        try:
            manifests.append(parse_manifest(path.read_bytes(), Digest.parse(path.stem)))
        except (IntegrityError, ValueError):  # it says nothing about the folder then
            continue
    return manifests


def _put(target: Path, manifest: Manifest) -> None:
    """Let the tree, which is whole below the companion, take the place of `target`."""
    own = _companion(target)
    outgoing = own / "outgoing" / secrets.token_hex(8)
    outgoing.parent.mkdir(exist_ok=True)
    _remember(target, manifest)
    Checkouts(own / "trees").folder(manifest.digest).rename(outgoing)
    _make_writable(outgoing, manifest)
    _replace(target, outgoing)
    sync_folder(target.parent)
    _tidy(target, manifest.digest)


def _remember(target: Path, manifest: Manifest) -> None:
    folder = _companion(target) / "written"
    folder.mkdir(exist_ok=True)
    if not (path := folder / f"{manifest.digest}.json").exists():
        write_atomically(path, manifest.to_bytes())


def _make_writable(folder: Path, manifest: Manifest) -> None:
    """Give the files the usual modes: they are the user's now."""
    for file in manifest.files:
        os.chmod(f"{folder}/{file.path}", 0o755 if file.executable else 0o644)  # noqa: PTH101 - thousands of them


def _replace(target: Path, new: Path) -> None:
    if not target.exists() or not any(target.iterdir()):
        new.rename(target)  # also over an empty folder, in one step
    elif not exchange(new, target):
        target.rename(new.with_name(f"{new.name}.old"))
        new.rename(target)


def _tidy(target: Path, tree: Digest) -> None:
    """Remove what is known of former trees, and what killed exports left."""
    own = _companion(target)
    for path in (own / "written").iterdir():
        if path.name != f"{tree}.json":
            path.unlink()
    shutil.rmtree(own / "outgoing", ignore_errors=True)
    shutil.rmtree(own / "trees", ignore_errors=True)


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    own = companion(target)
    descriptor = os.open(own / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _translated(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise PlatformError(
                f"No space is left on the disk of {target}; it was not changed", hint="Make room there."
            ) from error
        if error.errno in _MOUNTED:
            raise RefusedError(
                f"{target} is a mount point, which cannot be replaced", hint=f"Name a folder in it: {target}/current"
            ) from error
        raise PlatformError(
            f"Cannot write {target}: {error.strerror or error}", hint=f"Look at owner and mode of {target.parent}."
        ) from error
