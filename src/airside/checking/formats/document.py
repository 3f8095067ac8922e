"""The report as one JSON document. Its keys are stable: later versions only add to them."""

import json
from dataclasses import asdict
from typing import Any

from airside.checking.report import Report
from airside.inspection.facts import FileFacts

_DIGITS = 3


def document(report: Report) -> dict[str, Any]:
    """Return the document. Paths in it are relative to the workspace."""
    return {
        "passed": report.passed,
        "complete": report.complete,
        "environment": report.environment,
        "counts": {
            "errors": report.errors,
            "warnings": report.warnings,
            "files": len(report.facts),
            "workflows": report.workflows,
        },
        "seconds": {
            "total": round(report.seconds, _DIGITS),
            **{stage: round(seconds, _DIGITS) for stage, seconds in report.stages.items()},
        },
        "findings": [asdict(finding) for finding in report.findings],
        "faults": list(report.faults),
        "files": [_file(facts) for facts in report.facts],
    }


def document_text(report: Report, prefix: str = "") -> str:  # noqa: ARG001 - the document says what paths are relative to
    """Return the document as text."""
    return json.dumps(document(report), indent=2, ensure_ascii=False) + "\n"


def _file(facts: FileFacts) -> dict[str, Any]:
    return {
        "file": facts.file,
        "workflows": [workflow.description.id for workflow in facts.workflows],
        "seconds": round(facts.seconds, _DIGITS),
        "peak_bytes": facts.peak_bytes,
    }
