"""Fitting Markdown into a number of characters, so that it stays valid where it is cut."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a document.

    Attributes:
        head: Lines that open it.
        rows: Lines that may be left out, the last first.
        foot: Lines that close it.
        more: Takes the place of the rows that are left out; ``{}`` is their number.
    """

    head: tuple[str, ...]
    rows: tuple[str, ...]
    foot: tuple[str, ...]
    more: str

    @property
    def whole(self) -> list[str]:
        """All lines of the block."""
        return [*self.head, *self.rows, *self.foot]

    def fitted(self, room: int) -> list[str] | None:
        """Return the lines of the block in `room` characters, with as many rows as fit; None where not one does."""
        lengths = [len(row) + 1 for row in self.rows]
        frame = _size((*self.head, *self.foot))
        if frame + sum(lengths) <= room:
            return self.whole
        frame += len(self.more) + len(str(len(self.rows))) + 1
        kept = sum(size <= room - frame for size in accumulate(lengths))
        if kept == 0:
            return None
        return [*self.head, *self.rows[:kept], self.more.format(len(self.rows) - kept), *self.foot]


def paged(head: Sequence[str], blocks: Sequence[Block], *, limit: int, more: str) -> str:
    """Return a document of `head` and as much of the `blocks` as fits into `limit` characters; `more` tells of a cut.

    The head is never cut.
    """
    lines = [*head]
    room = limit - _size((*head, "", more))
    is_cut = False
    for block in blocks:
        fitted = block.fitted(room - 1)
        is_cut = is_cut or fitted != block.whole
        if fitted is not None:
            lines += ["", *fitted]
            room -= _size(fitted) + 1
    return "\n".join([*lines, *(["", more] if is_cut else [])]) + "\n"


def _size(lines: Sequence[str]) -> int:
    return sum(len(line) + 1 for line in lines)
