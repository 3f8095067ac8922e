"""What is wrong with the files of `configs`, as findings."""

from collections.abc import Container, Iterator
from typing import Final

from airside.checking.findings import Finding
from airside.checking.request import Request
from airside.checking.rules import RULES
from airside.config.examining import examine

_RULES: Final = {"invalid": "invalid-config", "layer": "config-layer"}


def config_findings(request: Request, looked_at: Container[str]) -> Iterator[Finding]:
    """Yield what is wrong with the configs that were looked at, in every environment that is declared."""
    for remark in examine(request.root, list(request.workspace.settings.environments)):
        if remark.file in looked_at:
            yield RULES[_RULES[remark.kind]].finding(
                remark.file, remark.message, severity=remark.severity, line=remark.line, fix=remark.fix
            )
