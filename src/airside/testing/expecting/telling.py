"""What is not as expected, in lines for a person."""

from collections.abc import Iterator, Sequence

from airside.testing.expecting.mismatch import Mismatch
from airside.testing.expecting.side_by_side import shown


def told(mismatches: Sequence[Mismatch]) -> str:
    """Return the mismatches, one below the other: the path, what was expected, what came."""
    return "\n\n".join("\n".join(_lines(mismatch)) for mismatch in mismatches)


def _lines(mismatch: Mismatch) -> Iterator[str]:
    yield f"{mismatch.path}:"
    yield f"    expected  {shown(mismatch.expected)}"
    yield f"    came      {shown(mismatch.came)}"
    for line in mismatch.table:
        yield f"        {shown_line(line)}".rstrip()


def shown_line(line: str) -> str:
    """Return a line of a table or a log, as it can be printed."""
    return "".join(character if character.isprintable() else " " for character in line)
