"""What a person has to read when a run did not end as the test wants it."""

import textwrap
from collections.abc import Iterator
from typing import Final

from airside.testing.outcome import Failure, Need, RunOutcome, TaskOutcome
from airside.testing.results.suggested import Form, lines_to_add

_INDENT: Final = "  "
_LOG_LINES: Final = 50
"""Of a task's log, from its end."""
_VALUE_LENGTH: Final = 1000
_INSTANCES: Final = 3
"""Of a mapped task those that are shown in full."""
_BRIEF_INSTANCES: Final = 20
"""Of a mapped task those that are shown with a line after these."""
_WHERE: Final[dict[Form, str]] = {"python": "", "yaml": " to `given`"}


def failure_text(outcome: RunOutcome, form: Form = "python") -> str:
    """Return why the run is not a success: of each task that failed its error, what it lacked, its log and its fields.

    Args:
        outcome: The run.
        form: Of the test, whose language the lines to add are in.
    """
    parts = [_headline(outcome)]
    if outcome.error is not None:
        parts += [_error_text(outcome.error), *_missing_lines(outcome, None, form)]
    failed: dict[str, list[TaskOutcome]] = {}
    for task in outcome.tasks:
        if task.state == "failed":
            failed.setdefault(task.key.task_id, []).append(task)
    for instances in failed.values():
        parts += [_task_text(task, outcome, form) for task in instances[:_INSTANCES]]
        if more := instances[_INSTANCES:]:
            parts.append(_more_text(more))
    return "\n\n".join(parts)


def missing_of(outcome: RunOutcome, task_id: str | None) -> tuple[Need, ...]:
    """Return what a task (None: the DAG file) asked for and was not given."""
    return tuple(need for need in outcome.needs if not need.is_given and need.task_id == task_id)


def place_of(file: str | None, line: int | None) -> str:
    """Return ``dags/orders.py:12``; without a line or a file what there is of it."""
    return "" if file is None else file if line is None else f"{file}:{line}"


def _headline(outcome: RunOutcome) -> str:
    if outcome.state is None:
        return f"The workflow {outcome.dag_id!r} has no outcome."
    states: dict[str, int] = {}
    for task in outcome.tasks:
        states[task.state or "not run"] = states.get(task.state or "not run", 0) + 1
    counts = ", ".join(f"{count} {state}" for state, count in states.items())
    words = "succeeded" if outcome.state == "success" else "failed"
    return f"The workflow {outcome.dag_id!r} {words} ({counts})."


def _task_text(task: TaskOutcome, outcome: RunOutcome, form: Form) -> str:
    tries = "" if task.tries == 1 else f" after {task.tries} tries" if task.tries else " as the test wants it"
    lines = [f"{task.key} failed{tries}:"]
    lines += [_error_text(task.error)] if task.error else []
    lines += _missing_lines(outcome, task.key.task_id, form)
    lines += _section("log", task.log[-_LOG_LINES:])
    lines += _section("rendered", tuple(_field(name, value) for name, value in task.rendered.items() if value))
    return "\n".join(lines)


def _more_text(instances: list[TaskOutcome]) -> str:
    """Return of each instance a line: what has failed like those before needs no traceback of its own."""
    lines = [f"{one.key} failed{_brief(one.error)}" for one in instances[:_BRIEF_INSTANCES]]
    rest = len(instances) - len(lines)
    return "\n".join([*lines, f"and {rest} more of {instances[0].key.task_id}"] if rest else lines)


def _brief(error: Failure | None) -> str:
    return "" if error is None else f": {error}".partition("\n")[0]


def _error_text(error: Failure) -> str:
    place = place_of(error.file, error.line)
    text = error.traceback.rstrip() if error.traceback else str(error)
    shown = f"{text}\n({place})" if place and not error.traceback else text
    return textwrap.indent(shown, _INDENT)


def _missing_lines(outcome: RunOutcome, task_id: str | None, form: Form) -> Iterator[str]:
    for need in missing_of(outcome, task_id):
        place = place_of(need.file, need.line)
        where = f" at {place}" if place else ""
        yield f"{_INDENT}The {need.kind} {need.name!r}, which it asks for{where}, is not given. Add{_WHERE[form]}:"
        yield from (f"{_INDENT * 2}{line}" for line in lines_to_add(need, form))


def _section(name: str, lines: tuple[str, ...]) -> list[str]:
    return [f"{_INDENT}{name}:", *(textwrap.indent(line, _INDENT * 2) for line in lines)] if lines else []


def _field(name: str, value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    shown = text if len(text) <= _VALUE_LENGTH else f"{text[:_VALUE_LENGTH]}…"
    # A field of several lines, such as SQL, goes on below its name.
    return f"{name}: {shown}" if "\n" not in shown else f"{name}:\n{textwrap.indent(shown, _INDENT)}"
