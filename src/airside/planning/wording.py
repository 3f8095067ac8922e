"""The words of a plan, the same in a terminal and in Markdown."""

from collections.abc import Iterable, Sequence
from typing import Final

from airside.planning.changes import FieldChange, NeedChange, ParamChange, Value
from airside.planning.escaping import plain
from airside.planning.masking import masked_value
from airside.release.description import Need, WorkflowDescription

_LABELS: Final = {
    "assets": "scheduled on assets",
    "documented": "has documentation",
    "inlets": "reads assets",
    "kind": "role",
    "outlets": "writes assets",
    "paused_at_creation": "paused when new",
    "run_timeout": "run time-out",
    "execution_timeout": "time-out",
    "upstream": "runs after",
}


def count(number: int, singular: str, plural: str | None = None) -> str:
    """Return the number with its noun: ``1 workflow``, ``2 workflows``."""
    return f"{number} {singular}" if number == 1 else f"{number} {plural or f'{singular}s'}"


def shown(value: Value) -> str:
    """Return a value as a plan shows it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return plain(", ".join(value)) or "none"
    return "none" if value in {None, ""} else plain(str(value))


def fields(changes: Sequence[FieldChange]) -> list[str]:
    """Return a line for each attribute that differs and that a person can read."""
    names = {change.name for change in changes}
    hidden = {"timetable"} if "schedule" in names else set()
    return [_field(change) for change in changes if change.name not in hidden]


def param(change: ParamChange) -> str:
    """Return the line of a parameter that differs."""
    values = [shown(masked_value(change.name, value)) for value in (change.before, change.after) if value is not None]
    return f"param {plain(change.name)}: {' → '.join(values)}"


def need(change: NeedChange) -> tuple[str, str]:
    """Return the sign and the line of a need that differs."""
    if change.before is None or change.after is None:
        one = change.after or change.before
        return ("+" if change.after else "-", _need(one) if one else "")
    before, after = change.before, change.after
    pairs = ((before.certainty, after.certainty), (_demand(before), _demand(after)))
    return "~", f"{_thing(after)}: {', '.join(f'{old} → {new}' for old, new in pairs if old != new)}"


def sign_of(before: object | None, after: object | None) -> str:
    """Return the sign of what comes, changes or goes."""
    if before is None:
        return "+"
    return "-" if after is None else "~"


def summary(workflow: WorkflowDescription) -> str:
    """Return what a workflow is, in brief."""
    on = f"on {count(len(workflow.assets), 'asset')}" if workflow.assets else "no schedule"
    when = shown(workflow.schedule) if workflow.schedule and not workflow.assets else on
    catchup = ", catches up" if workflow.catchup else ""
    return f"{when}{catchup}, {count(len(workflow.tasks), 'task')}"


def listed(names: Iterable[str], limit: int = 5) -> str:
    """Return the names in one line, the first ones if there are many."""
    found = list(names)
    rest = f" and {len(found) - limit} more" if len(found) > limit else ""
    return f"{', '.join(plain(name) for name in found[:limit])}{rest}"


def kind_name(kind: str) -> str:
    """Return the noun of what can be needed."""
    return kind.replace("-", " ")


def _field(change: FieldChange) -> str:
    label = _LABELS.get(change.name, change.name.replace("_", " "))
    before, after = change.before, change.after
    if change.name == "fingerprint":
        return "its code or its arguments change"
    if change.name == "timetable":
        return "the details of its schedule change"
    if isinstance(before, tuple) and isinstance(after, tuple):
        return f"{label}: {_members(before, after)}"
    return f"{label}: {shown(before)} → {shown(after)}"


def _members(before: tuple[str, ...], after: tuple[str, ...]) -> str:
    came = [f"+ {plain(name)}" for name in after if name not in before]
    gone = [f"- {plain(name)}" for name in before if name not in after]
    return ", ".join([*came, *gone]) or "another order"


def _need(one: Need) -> str:
    notes = [note for note in (one.certainty, _demand(one)) if note not in {"exact", "required"}]
    return f"{_thing(one)} ({', '.join(notes)})" if notes else _thing(one)


def _thing(one: Need) -> str:
    return f"needs {kind_name(one.kind)} {plain(one.name)}"


def _demand(one: Need) -> str:
    return "optional" if one.optional else "required"
