"""Comparing the order in which tasks started."""

from collections.abc import Iterator, Sequence

from airside.testing.expecting.mismatch import Mismatch, Words, below
from airside.testing.expecting.tasks import find
from airside.testing.outcome import RunOutcome


def order_faults(steps: Sequence[Sequence[str]], outcome: RunOutcome) -> Iterator[Mismatch]:
    """Yield where a task did not start after all those of the step before."""
    before: list[tuple[int, str]] = []
    for index, step in enumerate(steps):
        starts: list[tuple[int, str]] = []
        for name in step:
            found = _starts(name, outcome)
            if isinstance(found, Mismatch):
                yield Mismatch(below("order", index), found.expected, found.came)
            else:
                starts += found
        if before and starts and max(before) > min(starts):
            late, early = max(before)[1], min(starts)[1]
            yield Mismatch(below("order", index), Words(f"{early} after {late}"), Words(_told(outcome)))
        before = starts or before


def _starts(name: str, outcome: RunOutcome) -> list[tuple[int, str]] | Mismatch:
    named = find(name, outcome)
    if isinstance(named, Mismatch):
        return named
    starts = [(task.order, str(task.key)) for task in named.instances if task.order is not None]
    return starts or Mismatch("order", Words(f"a start of {name}"), Words("it never started"))


def _told(outcome: RunOutcome) -> str:
    started = sorted((task.order, str(task.key)) for task in outcome.tasks if task.order is not None)
    return ", ".join(name for _, name in started)
