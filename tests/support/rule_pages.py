"""The pages of the rules, whose examples are the rules' tests."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from walkthrough import DOCS

PAGES = DOCS / "reference" / "rules"

_SECTION = re.compile(r"^## (?P<title>.+)$", re.MULTILINE)
_BLOCK = re.compile(
    r'^```\w+ title="(?P<path>[^"]+)"(?: finding="(?P<finding>[^"]+)")?\n(?P<text>.*?)^```$', re.MULTILINE | re.DOTALL
)
_MARK = re.compile(r"  # finding$")
_SETTINGS = '[workspace]\nname = "example"\ninclude = [{include}]\n\n'

Place = tuple[str, int | None]
"""A file of the example, and a line; None for the whole file."""


@dataclass(frozen=True, slots=True)
class Example:
    """The files of one example.

    Attributes:
        files: Their content by path, without marks.
        places: Where the finding is to be.
    """

    files: dict[str, str]
    places: frozenset[Place]

    @property
    def environment(self) -> str | None:
        """The environment to compare with: one that the example declares."""
        found = re.search(r"^\[environments\.(\w+)", self.files.get("airside.toml", ""), re.MULTILINE)
        return found[1] if found else None

    def write(self, root: Path) -> Path:
        """Write the workspace of this example, and return its root."""
        tops = {path.split("/")[0] for path in self.files if "/" in path}
        include = ", ".join(f'"{top}"' for top in sorted(tops - {"dags", "tests", "policies", "secrets"}))
        settings = _SETTINGS.format(include=include) + self.files.get("airside.toml", "")
        for path, text in {**self.files, "airside.toml": settings}.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)
        (root / "dags").mkdir(exist_ok=True)
        return root


def example(page: Path, title: str) -> Example:
    """Return the example in the section `title` of a page: ``Bad`` or ``Good``."""
    files: dict[str, str] = {}
    places: set[Place] = set()
    for match in _BLOCK.finditer(_section(page.read_text(), title)):
        files[match["path"]] = "".join(_MARK.sub("", line) + "\n" for line in match["text"].splitlines())
        places.update(_places(match))
    return Example(files, frozenset(places))


def _section(text: str, title: str) -> str:
    parts = _SECTION.split(text)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    return sections[title]


def _places(block: re.Match[str]) -> Iterator[Place]:
    if (named := block["finding"]) is not None:
        yield block["path"], None if named == "file" else int(named)
    for number, line in enumerate(block["text"].splitlines(), 1):
        if _MARK.search(line):
            yield block["path"], number
