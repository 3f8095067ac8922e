"""Disks: whether a folder is on one that locks, keeps what was synced, and has room."""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psutil

from airside.platform.diagnosis.findings import Finding

_NETWORK: Final = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "9p", "glusterfs", "lustre", "ceph", "fuse.sshfs"}
)
_OBJECTS: Final = frozenset({"fuse.s3fs", "fuse.gcsfuse", "fuse.blobfuse2", "fuse.mount-s3", "fuse.rclone"})
"""Buckets in disguise: no locks, no atomic renames."""

_MEMORY: Final = frozenset({"tmpfs", "ramfs"})
_LOW, _OUT = 1024**3, 100 * 1024**2
"""Bytes that are free: a release of 10,000 files takes 70 MB, and several are kept."""


def disk_findings(subject: str, folder: Path) -> Iterator[Finding]:
    """Look at the disk that `folder` is on, or would be."""
    place = next(each for each in (folder.absolute(), *folder.absolute().parents) if each.is_dir())
    yield _kind(subject, folder, place)
    yield _room(subject, place)
    yield _abilities(subject, place)


def _kind(subject: str, folder: Path, place: Path) -> Finding:
    kind = _file_system(place)
    if kind in _OBJECTS:
        fix = "Use a folder on a local disk; for a bucket, its own url."
        return Finding(subject, "problem", f"{folder} is a bucket mounted as a folder ({kind})", fix)
    if kind in _NETWORK:
        fix = "Use a folder on a local disk: locks and renames are as good as the file server is."
        return Finding(subject, "warning", f"{folder} is on a network file system ({kind})", fix)
    if kind in _MEMORY:
        return Finding(subject, "warning", f"{folder} is in memory ({kind}) and is lost with it", "Use a disk.")
    return Finding(subject, "ok", f"{folder} is on a local file system ({kind})")


def _file_system(place: Path) -> str:
    """Return the kind of the file system that `place` is on; the longest mount point above it."""
    real = place.resolve()
    above = [part for part in psutil.disk_partitions(all=True) if real.is_relative_to(part.mountpoint)]
    return max(above, key=lambda part: len(part.mountpoint)).fstype if above else "unknown"


def _room(subject: str, place: Path) -> Finding:
    free = shutil.disk_usage(place).free
    seen = f"{free / 1024**3:.1f} GiB are free there"
    if free < _LOW:
        return Finding(subject, "problem" if free < _OUT else "warning", seen, f"Make room on the disk of {place}.")
    return Finding(subject, "ok", seen)


def _abilities(subject: str, place: Path) -> Finding:
    path = place / f".airside-doctor.{secrets.token_hex(8)}"
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        return Finding(
            subject, "problem", f"{place} cannot be written: {error.strerror}", f"Look at its owner: ls -ld {place}"
        )
    try:
        fault = _locking_fault(descriptor, path) or _keeping_fault(descriptor, path)
    finally:
        os.close(descriptor)
        for left in (path, path.with_name(f"{path.name}.moved")):
            left.unlink(missing_ok=True)
    if fault:
        return Finding(subject, "problem", f"The file system of {place} {fault}", "Use a folder on a local disk.")
    return Finding(subject, "ok", "It locks, renames and keeps what was synced")


def _locking_fault(descriptor: int, path: Path) -> str | None:
    other = os.open(path, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return None
    except OSError as error:
        return f"has no locks: {error.strerror}"
    finally:
        os.close(other)
    return "gives a lock to two at once"


def _keeping_fault(descriptor: int, path: Path) -> str | None:
    try:
        os.write(descriptor, b"airside doctor")
        os.fsync(descriptor)
        path.replace(path.with_name(f"{path.name}.moved"))
    except OSError as error:
        return f"does not keep files: {error.strerror}"
    return None
