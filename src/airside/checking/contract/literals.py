"""Passwords, tokens and keys that are written out in code or configuration. No finding shows any of them."""

import re
from collections.abc import Iterator, Mapping
from posixpath import splitext

from airside.checking.contract.literals_in_data import data_literals
from airside.checking.contract.literals_in_python import python_literals
from airside.checking.contract.secret_values import SHAPES, may_hold_secrets
from airside.checking.findings import Finding
from airside.checking.rules import RULES

_DATA = frozenset({".yaml", ".yml", ".toml", ".json", ".ini", ".cfg", ".conf", ".env", ".properties"})
_SOPS = re.compile(rb'^["\s]*sops["]?:', re.MULTILINE)
_ENCRYPTED = b"ENC[AES256_GCM,"
_FIX = "Keep it in `airside secrets edit ENV`, and replace it where it is used: git does not forget what it has seen."


def literal_findings(sources: Mapping[str, bytes]) -> Iterator[Finding]:
    """Return a finding for each secret that is written out in one of the files; one for each line.

    Args:
        sources: Python and configuration files, by path; documents that SOPS encrypted are passed over.
    """
    for file, content in sources.items():
        if _SOPS.search(content) and _ENCRYPTED in content:
            continue
        found: dict[int, Finding] = {}
        for what, line, column in _literals(file, content):
            said = f"{what} is written out here"
            finding = RULES["literal-secret"].finding(file, said, line=line, column=column, fix=_FIX)
            found.setdefault(line, finding)
        yield from found.values()


def _literals(file: str, content: bytes) -> Iterator[tuple[str, int, int]]:
    text = content.decode(errors="replace")
    ending = splitext(file)[1]
    if ending != ".py" and ending not in _DATA and not file.rpartition("/")[2].startswith(".env"):
        return
    for what, (shape, hints) in SHAPES.items():
        for match in shape.finditer(text) if any(hint in text for hint in hints) else ():
            start = text.rfind("\n", 0, match.start()) + 1
            yield what, text.count("\n", 0, match.start()) + 1, match.start() - start + 1
    if may_hold_secrets(text):
        yield from python_literals(text) if ending == ".py" else data_literals(text)
