"""The logs of the components, in `<state>/logs/<component>.log`."""

import re
import time
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

_FAULT = re.compile(r"^\s*(?:[\w.]+\.)?\w*(?:Error|Exception|Interrupt|FATAL|Exit)\b.*:")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_CONTEXT = 6
_POLL_SECONDS = 0.25


def log_path(state: Path, component: str) -> Path:
    """Return the log file of a component."""
    return state / "logs" / f"{component}.log"


def tail(path: Path, lines: int) -> list[str]:
    """Return the last lines of a log; none while there is no log."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return [line.rstrip("\n") for line in deque(file, maxlen=lines)]
    except FileNotFoundError:
        return []


def fault(path: Path) -> str:
    """Return what a component said when it failed: the last exception in its log, else its last lines."""
    lines = [_COLOUR.sub("", line) for line in tail(path, 400)]
    for index in range(len(lines) - 1, -1, -1):
        if _FAULT.match(lines[index]):
            return "\n".join(lines[index : index + _CONTEXT]).strip()
    return "\n".join(lines[-_CONTEXT:]).strip() or "it printed nothing"


def follow(state: Path, components: Sequence[str], lines: int) -> Iterator[tuple[str, str]]:
    """Yield component and line for the last lines of each log, then for every new one, for ever.

    A log that is rotated is read on from its beginning.
    """
    positions: dict[str, int] = {}
    for component in components:
        path = log_path(state, component)
        positions[component] = path.stat().st_size if path.exists() else 0
        yield from ((component, line) for line in tail(path, lines))
    while True:
        for component in components:
            for line in _new_lines(log_path(state, component), component, positions):
                yield component, line
        time.sleep(_POLL_SECONDS)


def _new_lines(path: Path, component: str, positions: dict[str, int]) -> list[str]:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            file.seek(positions[component] if size >= positions[component] else 0)
            data = file.read()
            complete = data.rfind(b"\n") + 1
            positions[component] = file.tell() - len(data) + complete
    except FileNotFoundError:
        return []
    return data[:complete].decode(errors="replace").splitlines()
