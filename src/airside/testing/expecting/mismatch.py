"""What is not as expected, as a value."""

from dataclasses import dataclass
from typing import Any, Final


class Absent:
    """Stands for what did not come, or was not expected, at all."""

    def __repr__(self) -> str:
        return "nothing"

    def __reduce__(self) -> str:
        return "NOTHING"  # one object, in each process


NOTHING: Final = Absent()


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One thing that is not as expected.

    Attributes:
        path: Where in the case: `tasks.load.output.rows[2].n`, without `expect`.
        expected: The value, or a sentence in `Words`.
        came: The value, or a sentence in `Words`.
        table: Lines that show more, rows side by side.
    """

    path: str
    expected: Any
    came: Any
    table: tuple[str, ...] = ()


class Words(str):
    """A text that is not a value: it is shown without quotes."""

    __slots__ = ()


def below(path: str, part: str | int) -> str:
    """Return the path of what is at the key or position `part` of what is at `path`."""
    if isinstance(part, int):
        return f"{path}[{part}]"
    return f"{path}.{part}" if path else part
