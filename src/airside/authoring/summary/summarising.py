"""From the facts of a run to its summary. Pure: equal facts give equal summaries."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import Final

from airside.authoring.summary.comparing import compared_all
from airside.authoring.summary.document import Outcome, Served, Summary, Task
from airside.authoring.summary.facts import FAILED, Facts, Instance
from airside.authoring.summary.reported import Report
from airside.base.clock import to_text

_WORST_FIRST: Final = ("failed", "upstream_failed", "success", "skipped", "removed")


def summarise(facts: Facts) -> Summary:
    """Return the summary of the run."""
    ordered = sorted(facts.instances, key=lambda each: (each.task, each.map_index))
    tasks = [_task(facts, name, list(found)) for name, found in groupby(ordered, key=lambda each: each.task)]
    started = facts.started_at
    return Summary(
        workflow=facts.workflow,
        run=facts.run,
        outcome=_outcome(facts),
        started_at=to_text(started) if started else None,
        ended_at=to_text(facts.now),
        duration=_seconds((facts.now - started).total_seconds()) if started else None,
        origin=Served(
            environment=facts.origin.environment,
            tree=facts.origin.tree,
            release=facts.origin.release,
            commit=facts.origin.commit,
            author=facts.origin.author,
        ),
        states=_counted(ordered),
        tasks=_in_order(tasks, facts.order),
    )


def _in_order(tasks: Sequence[Task], order: Sequence[str]) -> tuple[Task, ...]:
    places = {task: place for place, task in enumerate(order)}
    worst = len(FAILED)
    return tuple(
        sorted(tasks, key=lambda task: (min(_rank(task.state), worst), places.get(task.id, len(places)), task.id))
    )


def _outcome(facts: Facts) -> Outcome:
    """Return what Airflow will make of the run: failed where a task that decides it did (airflow/models/dagrun.py)."""
    deciding = [each for each in facts.instances if each.task in facts.deciding]
    if any(each.state in FAILED for each in deciding):
        return "failed"
    return "success" if deciding and {each.task for each in deciding} == facts.deciding else "unknown"


def _task(facts: Facts, name: str, instances: Sequence[Instance]) -> Task:
    report = facts.reports.get(name, Report())
    return Task(
        id=name,
        state=min((each.state for each in instances), key=_rank),
        duration=_seconds(max((each.duration for each in instances if each.duration is not None), default=None)),
        tries=max((each.tries for each in instances if each.tries is not None), default=None),
        instances=_counted(instances) if any(each.map_index >= 0 for each in instances) else None,
        error=next((each.error for each in instances if each.error), None),
        figures=compared_all(report.figures, [run[name] for run in facts.earlier if name in run]),
        urls=report.urls,
        charts=report.charts,
    )


def _rank(state: str) -> int:
    return _WORST_FIRST.index(state) if state in _WORST_FIRST else len(_WORST_FIRST)


def _counted(instances: Sequence[Instance]) -> dict[str, int]:
    counts = Counter(each.state for each in instances)
    return {state: counts[state] for state in sorted(counts, key=lambda state: (_rank(state), state))}


def _seconds(value: float | None) -> float | None:
    return None if value is None else max(0.0, round(value, 3))
