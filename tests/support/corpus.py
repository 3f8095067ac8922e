"""The corpus: a workspace of which every DAG file has one planted defect, with the findings that are expected.

A file says in comments what is to be found in it: ``# expect: rule, rule`` on the line that has the findings,
``# expect-file: rule`` for one somewhere in the file, ``# expect-at 7: rule`` where the line has no room. A rule with
a question mark behind it is a warning there, another one is what the rule says.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

WORKSPACE = Path(__file__).parents[1] / "corpus" / "workspace"

_RULES = r"(?P<rules>[\w-]+\??(?:, [\w-]+\??)*)"
_HERE = re.compile(rf"# expect: {_RULES}$")
_FILE = re.compile(rf"# expect-file: {_RULES}$")
_AT = re.compile(rf"# expect-at (?P<line>\d+): {_RULES}$")


@dataclass(frozen=True, slots=True)
class Expected:
    """A finding that has to be there.

    Attributes:
        file: Relative to the workspace.
        line: None where the line does not matter.
        rule: Its id.
        warning: It must not be an error.
    """

    file: str
    line: int | None
    rule: str
    warning: bool = False


def expected(workspace: Path = WORKSPACE) -> tuple[Expected, ...]:
    """Return what is to be found in `workspace`."""
    files = [
        path for path in sorted(workspace.rglob("*")) if path.is_file() and path.suffix in {".py", ".sql", ".yaml"}
    ]
    return tuple(found for path in files for found in _expected(path, path.relative_to(workspace).as_posix()))


def _expected(path: Path, file: str) -> Iterator[Expected]:
    for number, text in enumerate(path.read_text().splitlines(), 1):
        for pattern, place in ((_HERE, number), (_FILE, None), (_AT, number)):
            if match := pattern.search(text):
                line = int(match["line"]) if pattern is _AT else place
                for rule in match["rules"].split(", "):
                    yield Expected(file, line, rule.removesuffix("?"), rule.endswith("?"))
