"""The report as SARIF 2.1.0, which code scanning of GitHub, GitLab, Azure DevOps and editors read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from importlib import metadata
from typing import Any, Final
from urllib.parse import quote

from airside.base.digest import Digest
from airside.checking.findings import Finding
from airside.checking.report import Report
from airside.checking.rules import RULES

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"


def sarif(report: Report, prefix: str = "") -> str:
    """Return the log, with one run and its results in the order of the findings."""
    rules = sorted({finding.rule for finding in report.findings})
    run = {
        "tool": {
            "driver": {
                "name": "airside",
                "informationUri": "https://airside.dev/docs",
                "version": metadata.version("airside"),
                "rules": [_rule(rule, report.findings) for rule in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The top of the repository."}}},
        "invocations": [{"executionSuccessful": True}],
        "results": list(_results(report.findings, rules, prefix)),
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


def _rule(rule: str, findings: Sequence[Finding]) -> dict[str, Any]:
    found = next(finding for finding in findings if finding.rule == rule)
    known = RULES.get(rule)
    descriptor: dict[str, Any] = {
        "id": rule,
        "shortDescription": {"text": known.summary if known else rule},
        "defaultConfiguration": {"level": (known and known.severity) or found.severity},
        "properties": {"tags": [known.group if known else "source"]},
    }
    if url := (known.url if known else found.url):
        descriptor["helpUri"] = url
    return descriptor


def _results(findings: Sequence[Finding], rules: Sequence[str], prefix: str) -> Iterator[dict[str, Any]]:
    index = {rule: position for position, rule in enumerate(rules)}
    seen: Counter[tuple[str | None, ...]] = Counter()
    for finding in findings:
        # Without the line: a finding stays the same one when the code above it grows.
        identity = (finding.rule, finding.file, finding.workflow, finding.task, finding.message)
        seen[identity] += 1
        yield {
            "ruleId": finding.rule,
            "ruleIndex": index[finding.rule],
            "level": finding.severity,
            "message": {"text": finding.message + (f"\nFix: {finding.fix}" if finding.fix else "")},
            "locations": [_location(finding, prefix)],
            "partialFingerprints": {"airsideFinding/v1": _fingerprint(identity, seen[identity])},
        }


def _location(finding: Finding, prefix: str) -> dict[str, Any]:
    # Code scanning shows nothing without a line; what is about a whole file is shown at its first one.
    region = {"startLine": finding.line or 1}
    if finding.column:
        region["startColumn"] = finding.column
    place = {"uri": quote(f"{prefix}{finding.file}"), "uriBaseId": _ROOT}
    location: dict[str, Any] = {"physicalLocation": {"artifactLocation": place, "region": region}}
    if finding.workflow:
        name = finding.workflow if finding.task is None else f"{finding.workflow}.{finding.task}"
        kind = "module" if finding.task is None else "function"
        location["logicalLocations"] = [{"fullyQualifiedName": name, "kind": kind}]
    return location


def _fingerprint(identity: tuple[str | None, ...], count: int) -> str:
    return Digest.of(json.dumps([*identity, count]).encode()).hex
