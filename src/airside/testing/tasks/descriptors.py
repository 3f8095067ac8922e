"""What programs print that a task starts: they write to the file descriptors of this process."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, Final

_DESCRIPTORS: Final = (1, 2)


class Descriptors:
    """Takes what is written to standard output and standard error, in one file for the whole process."""

    def __init__(self) -> None:
        self._file: BinaryIO | None = None

    @contextmanager
    def reading(self, take: Callable[[str], None]) -> Iterator[None]:
        """Take what is written in the block, when it has ended."""
        file = self._file
        if file is None:
            file = self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - as long as the process
        _flush()
        before = [os.dup(descriptor) for descriptor in _DESCRIPTORS]
        try:
            for descriptor in _DESCRIPTORS:
                os.dup2(file.fileno(), descriptor)
            yield
            _flush()
            if text := _taken(file):
                take(text)
        finally:
            for descriptor, kept in zip(_DESCRIPTORS, before, strict=True):
                os.dup2(kept, descriptor)
                os.close(kept)


def _flush() -> None:
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None and not stream.closed:
            stream.flush()


def _taken(file: BinaryIO) -> str:
    """Return what is in the file, and empty it."""
    if not file.tell():
        return ""
    file.seek(0)
    text = file.read().decode(errors="replace")
    file.seek(0)
    file.truncate()
    return text
