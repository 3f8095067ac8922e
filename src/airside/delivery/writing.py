"""Writing many files durably, and fast.

An fsync waits for the disk, but the disk takes many at once: files are written in batches and each batch
is made durable by several threads. 2,000 files of 7 KB take 0.2 s, where one fsync after the other takes 0.6.
"""

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

from airside.base.files import sync_folder
from airside.delivery.fetch import FetchedFile

FOLDER_MODE = 0o755
"""Folders stay writable for their owner: Airflow removes old versions with `shutil.rmtree`, and a folder
without write permission makes that raise in the scheduler's loop (airflow/dag_processing/bundles/base.py 3.3.2)."""

_BATCH = 256
"""Files that are open at once, well below the usual limit of 1,024 for a process."""

_THREADS = 16


def write_tree(folder: Path, files: Iterable[FetchedFile]) -> None:
    """Write `files` below `folder`, durably. The folder is new and ours, so no name in it is a planted link.

    Raises:
        OSError: The disk is full or cannot be written.
    """
    made = {os.fspath(folder)}
    remaining = iter(files)
    with ThreadPoolExecutor(max_workers=_THREADS) as threads:
        while batch := list(islice(remaining, _BATCH)):
            _write_batch(threads, os.fspath(folder), batch, made)
    for inner in made:
        sync_folder(Path(inner))


def _write_batch(threads: ThreadPoolExecutor, root: str, batch: list[FetchedFile], made: set[str]) -> None:
    descriptors: list[int] = []
    try:
        for file in batch:
            path = f"{root}/{file.path}"
            _make_folders(path.rpartition("/")[0], made)
            descriptors.append(_open_new(path))
            _write(descriptors[-1], file)
        for _ in threads.map(os.fsync, descriptors):
            continue
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


def _make_folders(path: str, made: set[str]) -> None:
    if path in made:
        return
    _make_folders(path.rpartition("/")[0], made)
    os.mkdir(path)  # noqa: PTH102 - of thousands of paths, none is made an object
    os.chmod(path, FOLDER_MODE)  # noqa: PTH101 - as above; the umask took bits off
    made.add(path)


def _open_new(path: str) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def _write(descriptor: int, file: FetchedFile) -> None:
    remaining = file.content
    while remaining:
        remaining = remaining[os.write(descriptor, remaining) :]
    os.fchmod(descriptor, 0o555 if file.executable else 0o444)
