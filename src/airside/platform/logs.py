"""The logs of the components, in `<state>/logs/<component>.log`."""

import os
import re
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

_FAULT = re.compile(r"^\s*(?:[\w.]+\.)?\w*(?:Error|Exception|Interrupt|FATAL|Exit)\b.*:")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_START = "─── airside starts "
_CONTEXT = 6
_POLL_SECONDS = 0.25


def log_path(state: Path, component: str) -> Path:
    """Return the log file of a component."""
    return state / "logs" / f"{component}.log"


def mark_start(state: Path, component: str, moment: str) -> None:
    """Write a line that separates this start of the platform from the ones before."""
    with log_path(state, component).open("a", encoding="utf-8") as file:
        file.write(f"{_START}{moment} ───\n")


def tail(path: Path, lines: int) -> list[str]:
    """Return the last lines of a log; none while there is no log."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return [line.rstrip("\n") for line in deque(file, maxlen=lines)]
    except FileNotFoundError:
        return []


def fault(path: Path) -> str:
    """Return what a component said when it failed: the last exception since the last start, else its last lines."""
    lines = [_COLOUR.sub("", line) for line in tail(path, 400)]
    starts = [index for index, line in enumerate(lines) if line.startswith(_START)]
    lines = lines[starts[-1] + 1 :] if starts else lines
    for index in range(len(lines) - 1, -1, -1):
        if _FAULT.match(lines[index]):
            return "\n".join(lines[index : index + _CONTEXT]).strip()
    return "\n".join(lines[-_CONTEXT:]).strip() or "it printed nothing"


def follow(state: Path, components: Sequence[str], lines: int) -> Iterator[tuple[str, str]]:
    """Yield component and line for the last lines of each log, then for every new one, for ever.

    A log that is rotated is read to its end and the new one from its beginning: no line is lost.
    """
    watched = {component: _Watched(log_path(state, component)) for component in components}
    try:
        for component, log in watched.items():
            log.skip()
            yield from ((component, line) for line in tail(log.path, lines))
        while True:
            for component, log in watched.items():
                yield from ((component, line) for line in log.new_lines())
            time.sleep(_POLL_SECONDS)
    finally:
        for log in watched.values():
            log.close()


@dataclass(slots=True)
class _Watched:
    path: Path
    file: BinaryIO | None = None
    rest: bytes = b""

    def skip(self) -> None:
        self._reopen()
        if self.file is not None:
            self.file.seek(0, os.SEEK_END)

    def new_lines(self) -> list[str]:
        replaced = self._was_replaced()  # asked first: nothing is added to the old one after that
        data = self.rest + self._read()
        if replaced:
            self._reopen()
            data += self._read()
        complete = data.rfind(b"\n") + 1
        self.rest = data[complete:]
        return data[:complete].decode(errors="replace").splitlines()

    def _read(self) -> bytes:
        return self.file.read() if self.file is not None else b""

    def _was_replaced(self) -> bool:
        try:
            there = self.path.stat()
        except FileNotFoundError:
            return False
        return self.file is None or not os.path.samestat(there, os.fstat(self.file.fileno()))

    def close(self) -> None:
        if self.file is not None:
            self.file.close()

    def _reopen(self) -> None:
        self.close()
        try:
            self.file = self.path.open("rb")
        except FileNotFoundError:
            self.file = None
