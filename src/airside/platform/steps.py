"""What a start reports while it works."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """Something that begins, or something that the user should know.

    Attributes:
        text: One line.
        warning: Whether it differs from what was asked for.
    """

    text: str
    warning: bool = False

    def __str__(self) -> str:
        """Return the line."""
        return self.text


Report = Callable[[Step], None]
