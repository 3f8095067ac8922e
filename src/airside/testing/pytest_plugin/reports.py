"""From the reports of pytest to what a session of tests found out."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from airside.base.errors import UsageError
from airside.base.files import write_atomically
from airside.testing.pytest_plugin.ledger import Phase
from airside.testing.results.looks import merged
from airside.testing.verdicts import Result, TestReport, TestVerdict, Verdict


def report_of(phases: Mapping[str, Sequence[Phase]]) -> TestReport:
    """Return what a session found out.

    Args:
        phases: By the id of the test: its set-up, its call, its tear-down, as far as it came.
    """
    tests = tuple(_verdict(nodeid, parts) for nodeid, parts in sorted(phases.items()))
    parts: defaultdict[str, list[dict[str, Verdict]]] = defaultdict(list)
    for test in tests:
        for workflow, tasks in test.workflows.items():
            parts[workflow].append(tasks if test.result == "passed" else _only_ran(tasks))
    workflows = {workflow: merged(found) for workflow, found in sorted(parts.items())}
    return TestReport(tests=tests, workflows=workflows, needs=_needs(phases))


def write_report(report: TestReport, path: Path) -> None:
    """Write what a session found out as JSON.

    Raises:
        UsageError: The file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, msgspec.json.format(msgspec.json.encode(report)) + b"\n")
    except OSError as error:
        raise UsageError(f"The report {path} cannot be written: {error.strerror}") from error


def _verdict(nodeid: str, phases: Sequence[Phase]) -> TestVerdict:
    file, line, _ = phases[0].location
    runs = _runs(phases)
    parts: defaultdict[str, list[dict[str, Verdict]]] = defaultdict(list)
    for run in runs:
        parts[run["workflow"]].append(run["tasks"])
    return TestVerdict(
        id=nodeid,
        file=Path(file).as_posix(),
        line=None if line is None else line + 1,
        result=_result(phases),
        seconds=round(sum(phase.seconds for phase in phases), 6),
        workflows={workflow: merged(found) for workflow, found in parts.items()},
        message=next((phase.message for phase in phases if phase.message is not None), None),
        tier=_tier(runs),
    )


def _result(phases: Sequence[Phase]) -> Result:
    failed = [phase.when for phase in phases if phase.outcome == "failed"]
    if failed:
        return "failed" if "call" in failed else "error"
    return "skipped" if any(phase.outcome == "skipped" for phase in phases) else "passed"


def _tier(runs: Sequence[Mapping[str, Any]]) -> str | None:
    tiers = {run["tier"] for run in runs}
    return None if not tiers else "real" if "real" in tiers else "fast"


def _runs(phases: Sequence[Phase]) -> list[Mapping[str, Any]]:
    return [run for phase in phases for run in phase.runs]


def _only_ran(tasks: dict[str, Verdict]) -> dict[str, Verdict]:
    """Return the verdicts of a test that failed: it verified nothing."""
    return {task_id: "ran" if verdict == "verified" else verdict for task_id, verdict in tasks.items()}


def _needs(phases: Mapping[str, Sequence[Phase]]) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for parts in phases.values():
        for run in _runs(parts):
            found[run["workflow"]].update(run["needs"])
    return {workflow: tuple(sorted(needs)) for workflow, needs in sorted(found.items())}
