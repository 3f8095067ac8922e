"""Writing many files durably, fast, and with a bounded part of them in memory."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from airside.delivery.durability import can_sync_all, sync_all
from airside.delivery.fetch import FetchedFile
from airside.delivery.private_root import FOLDER_MODE

_WRITERS: Final = 3
"""Two that write keep the locks of the file system busy, and the third waits for the disk."""

_SYNCING_WRITERS: Final = 16
"""They wait for the disk most of the time, and the disk takes many at once."""

_BATCH_FILES: Final = 16
_BATCH_BYTES: Final = 1024 * 1024
_WAITING_BYTES: Final = 32 * 1024 * 1024
"""Contents that are held for writers that are busy."""


def write_files(
    folder: Path,
    files: Iterable[FetchedFile],
    mtimes: Mapping[str, int],
    *,
    count: int,
    touched: Iterable[str] = (),
) -> None:
    """Write `files` below `folder`, durably, with the names of all folders that they are in.

    Args:
        folder: Ours alone, so no name in it is a planted link. It has none of the files.
        files: What to write.
        mtimes: When a file was changed, in nanoseconds, by its path; those that are not there are changed now.
        count: About how many files there are.
        touched: Folders in it whose names were changed before, relative to it.

    Raises:
        OSError: The disk is full or cannot be written.
    """
    root = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        at_once = can_sync_all(count)
        folders = set(touched)
        with _threads(_WRITERS if at_once else _SYNCING_WRITERS) as submit:
            written = 0
            for batch, size in _batches(files):
                for file in batch:
                    inner = file.file.path.rpartition("/")[0]
                    _make_folders(root, inner, folders)
                    folders.add(inner or ".")
                submit(partial(_write_batch, root, batch, mtimes, sync=not at_once), size)
                written += len(batch)
                if at_once and written - len(batch) < count // 2 <= written:
                    submit(partial(sync_all, root), 0)  # the disk is at work while the other half is written
        if at_once:
            sync_all(root)
        else:
            _sync_folders(root, folders)
    finally:
        os.close(root)


@contextmanager
def _threads(number: int) -> Iterator[Callable[[Callable[[], None], int], None]]:
    """Yield a function that has a task run, and waits while the tasks before it hold too many bytes."""
    running: deque[tuple[Future[None], int]] = deque()
    held = 0

    def submit(task: Callable[[], None], size: int) -> None:
        nonlocal held
        held += size
        while running and held > _WAITING_BYTES:
            future, done = running.popleft()
            future.result()
            held -= done
        running.append((threads.submit(task), size))

    with ThreadPoolExecutor(max_workers=number) as threads:
        try:
            yield submit
            for future, _ in running:
                future.result()
        finally:
            threads.shutdown(cancel_futures=True)


def _batches(files: Iterable[FetchedFile]) -> Iterator[tuple[list[FetchedFile], int]]:
    batch: list[FetchedFile] = []
    size = 0
    for file in files:
        batch.append(file)
        size += file.file.size
        if len(batch) >= _BATCH_FILES or size >= _BATCH_BYTES:
            yield batch, size
            batch, size = [], 0
    if batch:
        yield batch, size


def _make_folders(root: int, path: str, made: set[str]) -> None:
    if not path or path in made:
        return
    above = path.rpartition("/")[0]
    _make_folders(root, above, made)
    try:
        os.mkdir(path, FOLDER_MODE, dir_fd=root)
    except FileExistsError:  # in a folder that is changed
        made.add(path)
        return
    os.chmod(path, FOLDER_MODE, dir_fd=root)  # the umask took bits off
    made |= {path, above or "."}


def _write_batch(root: int, batch: Iterable[FetchedFile], mtimes: Mapping[str, int], *, sync: bool) -> None:
    for file in batch:
        path = file.file.path
        mode = 0o555 if file.file.executable else 0o444
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(path, flags, mode, dir_fd=root)
        try:
            _write(descriptor, file.content)
            if os.fstat(descriptor).st_mode & 0o777 != mode:  # the umask took bits off
                os.fchmod(descriptor, mode)
            if (mtime := mtimes.get(path)) is not None:
                os.utime(descriptor, ns=(mtime, mtime))
            if sync:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _write(descriptor: int, content: bytes | memoryview) -> None:
    remaining = memoryview(content)
    while remaining:
        remaining = remaining[os.write(descriptor, remaining) :]


def _sync_folders(root: int, folders: Iterable[str]) -> None:
    for folder in folders:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=root)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
