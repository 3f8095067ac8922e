#!/usr/bin/env python3
"""Write `docs/reference/rules/index.md` from the rules themselves: `python docs/generate_rule_index.py`.

It also brings the navigation up to date. A test fails when either is not what this script writes.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from airside.checking.rules import RULES, Rule

DOCS = Path(__file__).parent
PAGE = DOCS / "reference" / "rules" / "index.md"
NAVIGATION = DOCS.parent / "zensical.toml"

_BLOCK = re.compile(r'(?<=    \{ "Rules" = \[\n).*?(?=^    \] \},$)', re.DOTALL | re.MULTILINE)
_HEAD = """\
<!-- Written by docs/generate_rule_index.py. Do not edit. -->
# Rules

What `airside check` finds beyond what [ruff](https://docs.astral.sh/ruff/rules/) does. An id never changes its meaning.
`[policy]` in `airside.toml` makes a rule an error, a warning, or turns it off: see [Policy](../policy.md).
"""
_TITLES = {
    "import": "When a file is imported",
    "contract": "What a workflow needs, and how its tasks fit together",
    "policy": "What a team asks for",
    "suppression": "Comments that ignore a rule",
}


def index() -> str:
    """Return the page."""
    return "\n".join([_HEAD, *_tables()]).rstrip() + "\n"


def navigation() -> str:
    """Return `zensical.toml` with a line for the page of each rule."""
    pages = [("All", "index"), *((rule.id, rule.id) for rule in RULES.values())]
    lines = "".join(f'      {{ "{title}" = "reference/rules/{page}.md" }},\n' for title, page in pages)
    return _BLOCK.sub(lines, NAVIGATION.read_text())


def _tables() -> Iterator[str]:
    for group, title in _TITLES.items():
        yield f"## {title}\n\n| rule | unless `[policy]` says otherwise | demands |\n|---|---|---|"
        yield from (_row(rule) for rule in RULES.values() if rule.group == group)
        yield ""


def _row(rule: Rule) -> str:
    return f"| [{rule.id}]({rule.id}.md) | {rule.severity or 'off'} | {rule.summary} |"


if __name__ == "__main__":
    PAGE.write_text(index())
    NAVIGATION.write_text(navigation())
