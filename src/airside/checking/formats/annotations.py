"""The workflow commands with which GitHub Actions shows findings beside the changed lines.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions
"""

from airside.checking.findings import Finding
from airside.checking.formats.text import summary
from airside.checking.report import Report

_DATA = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})
"""As `escapeData` and `escapeProperty` in packages/core/src/command.ts of actions/toolkit."""


def annotations(report: Report, prefix: str = "") -> str:
    """Return a line for each finding and one with the summary.

    Errors come first: GitHub shows ten of each kind from one step.
    """
    ordered = sorted(report.findings, key=lambda finding: finding.severity != "error")
    return "".join(f"{line}\n" for line in [*(_line(finding, prefix) for finding in ordered), summary(report)])


def _line(finding: Finding, prefix: str) -> str:
    properties = {
        "file": f"{prefix}{finding.file}",
        "line": finding.line,
        "col": finding.column,
        "title": finding.rule,
    }
    given = ",".join(f"{key}={str(value).translate(_PROPERTY)}" for key, value in properties.items() if value)
    message = "\n".join(part for part in (finding.message, finding.fix, finding.url) if part)
    return f"::{finding.severity} {given}::{message.translate(_DATA)}"
