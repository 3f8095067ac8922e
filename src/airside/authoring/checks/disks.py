"""There is free space."""

import re
import shutil
from typing import Any, Final

from airside.authoring.checks.operator import CheckOperator, failed, make
from airside.base.errors import UsageError

_SIZE: Final = re.compile(r"(\d+(?:\.\d+)?) ?([KMGTP]?)(i?)B")
_POWERS: Final = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4, "P": 5}


class FreeSpaceCheck(CheckOperator):
    """Asks for the free space of the file system that a path is on."""

    template_fields = ("path",)

    def __init__(self, *, path: str, at_least: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.path = path
        self.at_least = at_least

    def look(self) -> str:
        """Ask for it."""
        try:
            free = shutil.disk_usage(self.path).free
        except OSError as error:
            raise failed(self.path, f"cannot be looked at: {error.strerror}") from error
        if free < self.at_least:
            raise failed(self.path, f"has {_shown(free)} free, expected at least {_shown(self.at_least)}")
        return f"{self.path} has {_shown(free)} free"


def free_space(path: str, at_least: int | str = "10GiB", **arguments: Any) -> FreeSpaceCheck:
    """Return a task that fails where the machine that it runs on has too little space.

    Args:
        path: An existing path on the file system; a template.
        at_least: Bytes, or a text such as ``"500MB"`` or ``"10GiB"``.
        **arguments: Of any operator, such as `task_id` and `retries`.
    """
    return make(FreeSpaceCheck, f"free_space_{path}", arguments, path=path, at_least=_bytes(at_least))


def _bytes(size: int | str) -> int:
    if isinstance(size, int):
        return size
    match = _SIZE.fullmatch(size)
    if match is None:
        raise UsageError(f'at_least has to be a number of bytes or a text such as "500MB" or "10GiB", found {size!r}')
    number, unit, binary = match.groups()
    return int(float(number) * (1024 if binary else 1000) ** _POWERS[unit])


def _shown(size: float) -> str:
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024:  # noqa: PLR2004 - that of the units
            return f"{size:.4g} {unit}"
        size /= 1024
    return f"{size:.4g} TiB"
