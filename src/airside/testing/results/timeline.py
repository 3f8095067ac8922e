"""A run as a chart of text: when each task ran, and for how long."""

from typing import Final

from airside.testing.outcome import RunOutcome, TaskOutcome

WIDTH: Final = 40
"""Characters of the bars."""


def timeline(outcome: RunOutcome) -> str:
    """Return one line for each task instance, in the order of the starts; those that never started come last."""
    tasks = sorted(outcome.tasks, key=lambda task: (task.order is None, task.order or 0))
    span = max((_end(task) for task in tasks), default=0.0) or 1.0
    name_width = max((len(str(task.key)) for task in tasks), default=0)
    head = f"{outcome.dag_id} {outcome.run_id}: {outcome.state or 'no outcome'}, {outcome.duration:.3f} s"
    return "\n".join([head, *(_line(task, span, name_width) for task in tasks)])


def _line(task: TaskOutcome, span: float, name_width: int) -> str:
    tries = f" ({task.tries} tries)" if task.tries > 1 else ""
    seconds = f" {task.duration:.3f} s" if task.order is not None else ""
    return f"  {task.key!s:<{name_width}}  {_bar(task, span)}  {task.state or 'not run'}{tries}{seconds}"


def _bar(task: TaskOutcome, span: float) -> str:
    if task.started is None:
        return " " * WIDTH
    begin = min(int(task.started / span * WIDTH), WIDTH - 1)
    length = max(1, min(round(task.duration / span * WIDTH), WIDTH - begin))
    return f"{' ' * begin}{'━' * length}".ljust(WIDTH)


def _end(task: TaskOutcome) -> float:
    return (task.started or 0.0) + task.duration
