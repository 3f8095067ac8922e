"""The verdict on a move: one line for somebody who reads no more."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from airside.planning.changes import Changes
from airside.planning.consequences import Consequences
from airside.planning.escaping import plain
from airside.planning.lacks import Lack
from airside.planning.report import PlanReport
from airside.planning.wording import count, kind_name
from airside.release.description import WorkflowDescription

Level = Literal["none", "safe", "careful", "blocked"]

_WORDS: Final = {"none": "No change", "safe": "Safe", "careful": "Careful", "blocked": "Blocked"}
_ORDER: Final = ("none", "safe", "careful", "blocked")
_SCHEDULING: Final = ("schedule", "timetable", "start_date", "end_date", "catchup", "assets")
_MISFIT: Final = "its Airflow runs other Python packages than the release was built for"
_BY_ASSETS: Final = "Asset"
"""What Airflow shows as the schedule of a workflow that only assets start."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to think of a move.

    Attributes:
        level: `none`: nothing changes. `safe`: nothing is lost and nothing starts by itself. `careful`: somebody should
            have read the plan. `blocked`: it will be refused, or fail for sure.
        text: One sentence, which begins with the level.
    """

    level: Level
    text: str


_Clause = tuple[Level, str]


def verdict(report: PlanReport) -> Verdict:
    """Return the verdict on a move."""
    if report.is_empty:
        misfit = f", and {_MISFIT}" if report.misfits else ""
        return Verdict("none", f"{_WORDS['none']}: {plain(report.environment)} serves this already{misfit}.")
    clauses = list(_clauses(report))
    level = max((level for level, _ in clauses), key=_ORDER.index)
    if level == "safe" and report.before:
        clauses.append(("safe", "no workflow and no task goes"))
    first = [text for level, text in clauses if level == "blocked"]
    rest = ", ".join(text for level, text in clauses if level != "blocked")
    return Verdict(level, f"{_WORDS[level]}: {'; '.join(filter(None, [*first, rest]))}.")


def _clauses(report: PlanReport) -> Iterator[_Clause]:
    evidence = report.evidence
    for refusal in evidence.refusals:
        yield "blocked", plain(refusal)
    if evidence.findings and evidence.findings.errors:
        yield "blocked", f"the check finds {count(evidence.findings.errors, 'error')}"
    if report.needs_allowance:
        yield "blocked", f"{report.drop.removed} of {report.drop.served} workflows go, which has to be allowed"
    if evidence.approvals:
        yield "careful", f"{_numbered(evidence.approvals, 'approval is', 'approvals are')} needed"
    yield from _lacks(evidence.lacks or ())
    yield from _workflows(report) if report.changes is None else _changes(report, report.changes)
    if report.is_refused_there:
        yield "blocked", f"{_MISFIT}, and refuses it until it has those"
    elif report.misfits:
        yield "careful", _MISFIT
    elif report.needed:
        yield "careful", "a new image or environment is needed"
    known = evidence.consequences
    yield from _consequences(known) if known and known.reachable else _unknown(report.changes, asked=known is not None)


def _changes(report: PlanReport, changes: Changes) -> Iterator[_Clause]:
    in_place = len(changes.changed) - len(changes.renamed)
    files = len(report.files.added) + len(report.files.changed) + len(report.files.removed)
    if files and changes.is_empty:
        yield "safe", f"{_numbered(files, 'file changes', 'files change')} and no workflow does"
    if changes.added:
        yield "safe", _numbered(len(changes.added), "workflow comes", "workflows come")
    if in_place:
        yield "safe", _numbered(in_place, "workflow changes", "workflows change")
    if changes.renamed:
        yield "careful", _numbered(len(changes.renamed), "workflow is renamed", "workflows are renamed")
    if changes.removed and not report.needs_allowance:
        yield "careful", _numbered(len(changes.removed), "workflow goes", "workflows go")
    if tasks := sum(len(change.tasks_removed) for change in changes.changed):
        yield "careful", _numbered(tasks, "task goes", "tasks go")
    if tasks := sum(task.was is not None for change in changes.changed for task in change.tasks_changed):
        yield "careful", _numbered(tasks, "task is renamed", "tasks are renamed")


def _workflows(report: PlanReport) -> Iterator[_Clause]:
    if report.added:
        yield "safe", _numbered(len(report.added), "workflow comes", "workflows come")
    if report.removed and not report.needs_allowance:
        yield "careful", _numbered(len(report.removed), "workflow goes", "workflows go")
    yield "careful", "what changes inside the workflows cannot be told"


def _lacks(found: tuple[Lack, ...]) -> Iterator[_Clause]:
    for kind, number in Counter(lack.kind for lack in found if lack.is_fatal).items():
        noun = kind_name(kind)
        yield "blocked", _numbered(number, f"{noun} is lacking", f"{noun}s are lacking")
    if likely := sum(lack.absent and not lack.is_fatal for lack in found):
        yield "careful", _numbered(likely, "name is probably lacking", "names are probably lacking")
    if unknown := sum(not lack.absent for lack in found):
        yield "careful", _numbered(unknown, "new name may be lacking", "new names may be lacking")


def _consequences(known: Consequences) -> Iterator[_Clause]:
    if known.runs_starting:
        more = "at least " if any(start.at_least for start in known.starts) else ""
        yield "careful", more + _numbered(known.runs_starting, "run starts at once", "runs start at once")
    if unknown := sum(start.runs is None for start in known.starts):
        yield "careful", _numbered(unknown, "workflow may start at once", "workflows may start at once")
    if number := sum(run.fate == "stranded" for run in known.in_flight):
        yield "careful", _numbered(number, "run in flight is left behind", "runs in flight are left behind")
    if number := sum(run.fate == "breaks" for run in known.in_flight):
        yield "careful", _numbered(number, "run in flight breaks", "runs in flight break")
    if number := len({(task.workflow, task.run) for task in known.running_removed}):
        yield "careful", _numbered(number, "run in flight loses a task", "runs in flight lose tasks")
    if number := sum(loss.reason == "renamed" for loss in known.lost):
        yield "careful", _numbered(number, "workflow loses its history", "workflows lose their history")


def _unknown(changes: Changes | None, *, asked: bool) -> Iterator[_Clause]:
    if changes is None:
        return
    why = "Airflow does not say" if asked else "Airflow was not asked"
    if changes.moved:
        yield "careful", f"{why} what is in flight, and moving a file breaks its runs"
    if _may_start(changes):
        yield "careful", f"{why} what starts at once"


def _may_start(changes: Changes) -> bool:
    rescheduled = any(change.field(name) for change in changes.changed for name in _SCHEDULING)
    return rescheduled or bool(changes.renamed) or any(_starts_by_itself(workflow) for workflow in changes.added)


def _starts_by_itself(workflow: WorkflowDescription) -> bool:
    """Without catch-up too: Airflow makes a run for the interval that has just ended."""
    return workflow.schedule not in {None, _BY_ASSETS} and workflow.paused_at_creation is not True


def _numbered(number: int, singular: str, plural: str) -> str:
    return count(number, singular, plural)
