"""The workflows of `tests/corpus/workflows`: a DAG file each, and beside it what has to come of it."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from airside.testing.cases.document import Case
from airside.testing.cases.reading import read_cases
from airside.testing.expecting.judging import outcome_faults
from airside.testing.expecting.patterns import fits
from airside.testing.given import Given, Tier
from airside.testing.outcome import RunOutcome
from airside.testing.processes import Source, run

FOLDER = Path(__file__).parents[1] / "corpus" / "workflows"
NAMES = sorted(path.stem for path in FOLDER.glob("*.yaml"))

PATIENCE = 120.0
"""Seconds for one run: other tests take their share of the processors."""


@cache
def cases(name: str) -> tuple[Case, ...]:
    """Return the cases of a workflow."""
    path = FOLDER / f"{name}.yaml"
    return read_cases(path.read_bytes(), path, path.name)


def given(case: Case, tier: Tier = "fast") -> Given:
    """Return what a case gives."""
    fields: dict[str, Any] = {"timeout": PATIENCE, **case.says.given.giving(FOLDER), "tier": tier}
    return Given(dag_id=case.workflow, **fields)


def outcome(case: Case, tier: Tier = "fast") -> RunOutcome:
    """Run a case."""
    file = FOLDER / f"{case.workflow}.py"
    return run(Source(root=FOLDER, dags_folder=FOLDER, dag_id=case.workflow, file=file), given(case, tier))


def faults(case: Case, came: RunOutcome) -> Iterator[str]:
    """Yield what is not as the case says."""
    expected = case.says.expect
    if came.error is not None or expected.error is not None:
        if came.error is None or expected.error is None or not fits(expected.error, str(came.error)):
            yield f"{case.workflow} ({case.says.name}): expected {expected.error}, came {came.error}"
        return
    for fault in outcome_faults(expected, came):
        yield f"{case.workflow} ({case.says.name}): {fault.path}: expected {fault.expected}, came {fault.came}"
