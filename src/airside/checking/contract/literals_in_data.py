"""Secrets in YAML, TOML, JSON, INI and .env files: ``name: value`` and ``name = value``, line by line.

Line by line, and not parsed: a template of such a file has secrets too.
"""

import re
from collections.abc import Iterator

from airside.checking.contract.secret_values import has_password, is_secret

_PAIR = re.compile(
    r"""(?:^|[\s{,\[(])\\?["']?(?P<name>[A-Za-z_][\w.-]*)\\?["']?\s*[:=]\s*"""
    r"""(?:\\?"(?P<double>[^"\n]*?)\\?"|'(?P<single>[^'\n]*)'|(?P<bare>[^\s"'#,{}\[\]|>&*][^\s#,}\]]*))"""
)
_COMMENT = re.compile(r"^\s*[#;]|^\s*//")

_LONGEST = 4000
"""Characters of a line that a person may have written."""


def data_literals(text: str) -> Iterator[tuple[str, int, int]]:
    """Return the secrets that have a name, and the URIs with a password: what it is, its line, its column."""
    for number, line in enumerate(text.splitlines(), start=1):
        if _COMMENT.match(line) or len(line) > _LONGEST:
            continue
        for match in _PAIR.finditer(line):
            kind = match.lastgroup or "bare"
            if is_secret(match["name"], match[kind]):
                yield f"The value of {match['name']!r}", number, match.start(kind) + 1
        if has_password(line):
            yield "The password of a URI", number, len(line) - len(line.lstrip()) + 1
