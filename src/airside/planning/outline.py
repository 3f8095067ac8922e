"""A plan as lines with signs, before it takes the form of a terminal or of Markdown."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from airside.planning import wording
from airside.planning.changes import Changes, TaskChange, WorkflowChange
from airside.planning.configs import ConfigChange
from airside.planning.escaping import plain
from airside.planning.report import PlanReport
from airside.planning.wording import sign_of
from airside.release.description import TaskDescription

_LOCK = 19
"""Characters of a digest that are shown: `sha256-` and twelve digits."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a plan, harmless wherever it is shown.

    Attributes:
        sign: ``+`` comes, ``-`` goes, ``~`` changes, ``→`` gets another name; a blank says more of the line above.
        text: Without the sign.
        depth: 0 for a workflow or a file, 1 for what is in it, and so on.
    """

    sign: str
    text: str
    depth: int = 0


def workflow_lines(report: PlanReport) -> list[Line]:
    """Return what changes of workflows, by id."""
    if report.changes is None:
        return _by_ids(report)
    # The id decides the order, as in a listing of the workflows; a stable sort keeps the lines of each together.
    return [line for _, lines in sorted(_blocks(report.changes), key=lambda block: block[0]) for line in lines]


def workflow_heads(report: PlanReport) -> list[tuple[str, str, str]]:
    """Return the sign, the id and what happens in brief of each workflow that changes, by id."""
    if report.changes is None:
        return sorted(((line.sign, line.text.removeprefix("workflow "), "") for line in _by_ids(report)), key=_id)
    found = [("+", workflow.id, wording.summary(workflow)) for workflow in report.changes.added]
    found += [("-", workflow.id, wording.summary(workflow)) for workflow in report.changes.removed]
    found += [("→" if change.was else "~", change.id, _brief(change)) for change in report.changes.changed]
    return sorted(found, key=_id)


def config_lines(configs: Iterable[ConfigChange]) -> Iterator[Line]:
    """Return what changes in the files of `configs`."""
    for change in configs:
        yield Line(change.sign, plain(change.path))
        for key in change.keys:
            values = [wording.shown(value) for value in (key.before, key.after) if value is not None]
            yield Line(sign_of(key.before, key.after), f"{plain(key.key)}: {' → '.join(values)}", 1)


def runtime_lines(report: PlanReport) -> Iterator[Line]:
    """Return what has to change around the workflows, and what of it is not there."""
    for change in report.runtime:
        name, keep = ("Airflow", 71) if change.name == "airflow" else ("lock file", _LOCK)
        before, after = (wording.shown(value)[:keep] for value in (change.before, change.after))
        needs = "needs a new image or environment" if change in report.needed else "which its Airflow runs already"
        yield Line("~", f"{name}: {before} → {after}, {needs}")
    platform, needed = report.evidence.platform, report.after.record.requirements.lock
    if report.misfits and platform:
        does = "refuses it" if report.is_refused_there else "warns of it"
        locks = f"{wording.shown(platform.lock)[:_LOCK]}, not {wording.shown(needed)[:_LOCK]}"
        yield Line("!", f"the Airflow of {plain(report.environment)} runs lock file {locks}, and {does}")


def file_lines(report: PlanReport) -> Iterator[Line]:
    """Return what changes of files, by path."""
    signs = (("+", report.files.added), ("~", report.files.changed), ("-", report.files.removed))
    pairs = [(file.path, sign) for sign, files in signs for file in files]
    return (Line(sign, plain(path)) for path, sign in sorted(pairs))


def _by_ids(report: PlanReport) -> list[Line]:
    signs = (("+", report.added), ("~", report.changed), ("-", report.removed))
    return [Line(sign, f"workflow {plain(id_)}") for sign, ids in signs for id_ in ids]


def _blocks(changes: Changes) -> Iterator[tuple[str, list[Line]]]:
    for sign, workflows in (("+", changes.added), ("-", changes.removed)):
        for workflow in workflows:
            yield workflow.id, [Line(sign, f"workflow {plain(workflow.id)} ({wording.summary(workflow)})")]
    for change in changes.changed:
        head = f"workflow {plain(change.id)}"
        first = Line("→", f"{head}, was {plain(change.was)}") if change.was else Line("~", head)
        yield change.id, [first, *(replace(line, depth=line.depth + 1) for line in _inside(change))]


def _inside(change: WorkflowChange) -> Iterator[Line]:
    yield from (Line("~", text) for text in wording.fields(change.fields))
    yield from (Line(sign_of(each.before, each.after), wording.param(each)) for each in change.params)
    yield from (Line("+", _task(task)) for task in change.tasks_added)
    yield from (Line("-", f"task {plain(task.id)}") for task in change.tasks_removed)
    for task in change.tasks_changed:
        yield from _task_lines(task)
    yield from (Line(*wording.need(each)) for each in change.needs)


def _task(task: TaskDescription) -> str:
    after = f", runs after {wording.listed(task.upstream)}" if task.upstream else ""
    return f"task {plain(task.id)} ({plain(task.operator)}{after})"


def _task_lines(task: TaskChange) -> Iterator[Line]:
    head = f"task {plain(task.id)}"
    yield Line("→", f"{head}, was {plain(task.was)}") if task.was else Line("~", head)
    yield from (Line("~", text, 1) for text in wording.fields(task.fields))


def _brief(change: WorkflowChange) -> str:
    inside = list(_inside(change))
    was = [f"was {change.was}"] if change.was else []
    first = [line.text for line in inside if line.depth == 0 and line.text.startswith(("schedule:", "file:"))]
    parts = [*was, *first, *_task_counts(change)]
    told = len(first) + len(change.tasks_added) + len(change.tasks_removed) + len(change.tasks_changed)
    more = sum(line.depth == 0 for line in inside) - told
    return ", ".join([*parts, *([f"{more} more" if parts else wording.count(more, "change")] if more > 0 else [])])


def _task_counts(change: WorkflowChange) -> list[str]:
    counts = (("+", change.tasks_added), ("-", change.tasks_removed), ("~", change.tasks_changed))
    return [f"{sign} {wording.count(len(tasks), 'task')}" for sign, tasks in counts if tasks]


def _id(head: tuple[str, str, str]) -> str:
    return head[1]
