"""A summary as people read it: in the log of the task, and as the note of the run."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from airside.authoring.summary.document import Figure, Served, Summary, Task
from airside.authoring.summary.facts import FAILED
from airside.authoring.summary.reported import Number

LONGEST_NOTE: Final = 1000
"""Characters that the note of a run may have (airflow/api_fastapi/core_api/datamodels/dag_run.py 3.3.2)."""

_MARKS: Final = {"success": "✔", "failed": "✘", "upstream_failed": "✘", "skipped": "↷"}
_WORDS: Final = {"unknown": "not finished"}
_LONGEST_ERROR: Final = 200


def headline(summary: Summary) -> str:
    """Return the one line that says how the run ended."""
    outcome = _WORDS.get(summary.outcome, summary.outcome)
    words = [f"{summary.workflow}: {outcome}"]
    if summary.duration is not None:
        words.append(f"after {_lasting(summary.duration)}")
    return f"{' '.join(words)} ({_counts(summary.states)})" if summary.states else " ".join(words)


def lines(summary: Summary) -> Iterator[str]:
    """Yield the lines of the whole summary."""
    yield headline(summary)
    if served := _served(summary.origin):
        yield served
    for task in summary.tasks:
        yield _task(task)
        yield from (f"    {_figure(figure)}" for figure in task.figures)
        yield from (f"    {url}" for url in task.urls)
        yield from (f"    chart: {url}" for url in task.charts)


def note(summary: Summary) -> str:
    """Return as much of the summary as the note of a run holds, in whole lines: what failed comes first."""
    found = list(lines(summary))
    for count in range(len(found), 0, -1):
        left_out = [] if count == len(found) else [f"… {len(found) - count} more lines in the log of the last task"]
        text = "\n".join([*found[:count], *left_out])
        if len(text) <= LONGEST_NOTE:
            return text
    return f"{found[0][: LONGEST_NOTE - 1]}…"


def _served(origin: Served) -> str:
    words = [origin.environment]
    if origin.release:
        words.append(f"release {origin.release}")
    elif origin.tree:
        words.append(f"version {origin.tree[:19]}")
    if origin.commit:
        words.append(f"commit {origin.commit[:12]}" + (f" by {origin.author}" if origin.author else ""))
    return " · ".join(word for word in words if word)


def _task(task: Task) -> str:
    name = f"{task.id} ({sum(task.instances.values())} instances)" if task.instances else task.id
    words = [f"{_MARKS.get(task.state, '·')} {name}"]
    words.append(_counts(task.instances) if task.instances else task.state.replace("_", " "))
    if task.duration is not None:
        words.append(_lasting(task.duration))
    if task.tries is not None and task.tries > 1:
        words.append(f"{task.tries} tries")
    if task.error and task.state in FAILED:
        words.append(_shortened(task.error))
    return " · ".join(words)


def _figure(figure: Figure) -> str:
    told = f"{figure.name} {_number(figure.value)}"
    if figure.median is None:
        return told
    runs = "the last run" if figure.runs == 1 else f"the median of {figure.runs} runs"
    change = "" if figure.change is None else f"{figure.change:+.1f} % "
    return f"{told} ({change}against {_number(figure.median)}, {runs})"


def _number(value: Number) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.6g}"


def _counts(states: dict[str, int]) -> str:
    return ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in states.items())


def _lasting(seconds: float) -> str:
    """Return a duration in its two largest units."""
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{seconds:.1f} s"
    whole = timedelta(seconds=round(seconds))
    hours, rest = divmod(whole.seconds, 3600)
    minutes, left = divmod(rest, 60)
    if whole.days:
        return f"{whole.days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {left} s"


def _shortened(error: str) -> str:
    return error if len(error) <= _LONGEST_ERROR else f"{error[: _LONGEST_ERROR - 1]}…"
