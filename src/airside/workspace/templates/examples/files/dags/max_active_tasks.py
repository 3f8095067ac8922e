"""At most two tasks of a run at the same time, though six could go."""

import time

from airflow.sdk import dag, task

PARTS = [1, 2, 3, 4, 5, 6]


@task
def work(part: int, seconds: float = 1.0) -> int:
    """Take a moment, so that the tasks can be seen side by side."""
    time.sleep(seconds)
    return part * part


@task
def total(parts: list[int]) -> int:
    """Add up what all of them made."""
    return sum(parts)


@dag(schedule=None, max_active_tasks=2, tags=["example"], doc_md=__doc__)
def max_active_tasks():
    total(work.expand(part=PARTS))


workflow = max_active_tasks()
