"""Printing. Results go to standard output, progress and errors to standard error.

With `--json` standard output holds one JSON document and nothing else.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from airside.base.errors import AirsideError

if TYPE_CHECKING:
    from rich.console import Console

_UNLIMITED_WIDTH = 1000


@dataclass(frozen=True)
class Output:
    """How this invocation talks.

    Attributes:
        as_json: Print one JSON document in place of text.
        quiet: Print results and errors, no progress.
        verbose: Print details that are of use only when something is wrong.
    """

    as_json: bool = False
    quiet: bool = False
    verbose: bool = False

    @cached_property
    def stdout(self) -> "Console":
        """The console of results. It honours NO_COLOR and the width of the terminal."""
        from rich.console import Console

        # Where nobody looks at a screen, a table is as wide as what it holds.
        return Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else _UNLIMITED_WIDTH)

    @cached_property
    def stderr(self) -> "Console":
        """The console of progress and errors."""
        from rich.console import Console

        return Console(stderr=True, highlight=False, soft_wrap=True)

    def say(self, text: str, *, style: str | None = None) -> None:
        """Print a line of the result."""
        if not self.as_json:
            self.stdout.print(text, style=style, markup=False)

    def progress(self, text: str, *, style: str | None = None) -> None:
        """Print a line of progress."""
        if not (self.quiet or self.as_json):
            self.stderr.print(text, style=style, markup=False)

    def detail(self, text: str) -> None:
        """Print a line that only `--verbose` shows."""
        if self.verbose and not self.as_json:
            self.stderr.print(text, style="dim", markup=False)

    def done(self, text: str, *, then: str | None = None) -> None:
        """Print that the verb succeeded and which command comes next."""
        self.say(f"✔ {text}", style="green")
        if then and not self.quiet:
            self.say(f"  next: {then}", style="dim")

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Print a table, one row a line, columns aligned."""
        if self.as_json:
            return
        from rich.table import Table
        from rich.text import Text

        table = Table(*columns, box=None, pad_edge=False, header_style="bold")
        for row in rows:
            table.add_row(*map(Text, row))
        self.stdout.print(table)

    def document(self, value: Mapping[str, object] | Sequence[object]) -> None:
        """Print the JSON document of this verb; without `--json`, nothing."""
        if self.as_json:
            sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n")

    def error(self, error: AirsideError) -> None:
        """Print what failed, on which object, and what to do next."""
        if self.as_json:
            body = {"message": error.message, "hint": error.hint, "exit_code": error.exit_code}
            self.document({"error": {"type": type(error).__name__, **body}})
            return
        self.stderr.print(f"✘ {error.message}", style="red", markup=False)
        if error.hint:
            self.stderr.print(f"  {error.hint}", markup=False)
