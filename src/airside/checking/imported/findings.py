"""All that the import says, composed."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from airside.checking.findings import Finding
from airside.checking.imported.behaviour import behaviour_findings
from airside.checking.imported.failures import failure_findings
from airside.checking.imported.workflows import workflow_findings
from airside.inspection.facts import FileFacts

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


def import_findings(
    facts: Sequence[FileFacts],
    *,
    complete: bool,
    taken: Mapping[str, str] = _NOTHING,
    sources: Mapping[str, bytes] = _NOTHING,
) -> Iterator[Finding]:
    """Return what the import of the files says about them, in no order.

    Args:
        facts: Of the files that were imported.
        complete: These are all files that Airflow would import; otherwise nothing is said that needs the others.
        taken: Workflow ids that other environments of the same Airflow use, each with the environment.
        sources: The content of the files, where it is at hand: it makes the column of a syntax error exact.
    """
    for found in facts:
        yield from failure_findings(found, sources)
        yield from behaviour_findings(found)
    yield from workflow_findings(facts, complete=complete, taken=taken)
