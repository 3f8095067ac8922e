"""SQL that a test gives, as a text or as a file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from airside.base.errors import UsageError
from airside.testing.standins.contents import read

_PARTS: Final = re.compile(
    r"""--[^\n]* | /\*.*?\*/                                   # comments
      | \b[eE]'(?:\\.|''|[^'\\])*' | '(?:''|[^'])*' | "[^"]*"  # texts, names
      | \$(?P<tag>\w*)\$.*?\$(?P=tag)\$                        # what Postgres quotes with dollars
      | ;""",
    re.DOTALL | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Script:
    """SQL with the place that it comes from.

    Attributes:
        source: The file as the test names it, or the name of the option.
        text: The SQL.
    """

    source: str
    text: str

    def place(self, offset: int) -> str:
        """Return where the character at `offset` stands: `schema.sql:12`."""
        return f"{self.source}:{self.text.count(chr(10), 0, offset) + 1}"

    def statements(self) -> Iterator[tuple[int, str]]:
        """Yield its statements with their offsets. A body that is not quoted (`begin atomic`) is split too."""
        start = 0
        for found in _PARTS.finditer(self.text):
            if found[0] == ";":
                yield from _statement(self.text, start, found.end())
                start = found.end()
        yield from _statement(self.text, start, len(self.text))


def script(option: str, given: str | None, folder: Path) -> Script | None:
    """Return the SQL that an option gives: what ends in `.sql` is a file.

    Raises:
        UsageError: The file cannot be read.
    """
    if given is None or not given.strip():
        return None
    if not given.strip().lower().endswith(".sql"):
        return Script(option, given)
    try:
        return Script(given, read(folder, given, for_what=f"the option {option}").decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise UsageError(f"{given} is not written in UTF-8: {error.reason}") from error


def _statement(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    piece = text[start:end]
    bare = re.sub(r"\A(?:\s|--[^\n]*(?:\n|\Z)|/\*.*?\*/)*", "", piece, flags=re.DOTALL)
    if bare.rstrip("; \n\t"):
        yield end - len(bare), bare
