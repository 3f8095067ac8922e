"""How long a plan takes: comparing two releases and rendering the result, medians of milliseconds.

`python -m bench.plan [WORKFLOWS]`; each workflow has ten tasks, and each changes.
"""

import json
import sys
from collections.abc import Callable
from statistics import median
from time import perf_counter

import msgspec
from plan_reports import plan_of, side, tree
from workflow_descriptions import task, workflow

from airside.planning.document import document
from airside.planning.markdown import markdown
from airside.planning.report import Evidence, PlanReport
from airside.planning.text import text
from airside.release.description import Need, WorkflowDescription

ROUNDS = 9


def made(number: int) -> WorkflowDescription:
    """Return a workflow of ten tasks, one after the other."""
    names = [f"step_{step}" for step in range(10)]
    tasks = (task(name, upstream=(names[step - 1],) if step else ()) for step, name in enumerate(names))
    needs = (Need(kind="connection", name="warehouse", task="step_1", line=3), Need(kind="variable", name="limit"))
    return workflow(f"workflow_{number:04}", *tasks, needs=needs)


def changed(before: WorkflowDescription) -> WorkflowDescription:
    """Return the workflow with another schedule, a task that goes, one that comes and one that is tried again."""
    retried = msgspec.structs.replace(before.tasks[1], retries=3)
    tasks = (before.tasks[0], retried, *before.tasks[2:9], task("summary", upstream=("step_8",)))
    return msgspec.structs.replace(before, schedule="@hourly", tasks=tasks)


def milliseconds(work: Callable[[], object]) -> float:
    """Return the median time of the work."""
    times = []
    for _ in range(ROUNDS):
        start = perf_counter()
        work()
        times.append((perf_counter() - start) * 1000)
    return median(times)


def main(workflows: int) -> None:
    """Measure and print."""
    old = tuple(made(number) for number in range(workflows))
    new = tuple(changed(each) for each in old)
    left, right = side(old), side(new, at=1)
    tree(new)

    def plan() -> PlanReport:
        return plan_of(left, right, old, new, Evidence())

    ready = plan()
    forms: dict[str, Callable[[], object]] = {
        "plan (with hashing both trees)": plan,
        "text": lambda: text(ready),
        "markdown": lambda: markdown(ready),
        "json": lambda: json.dumps(document(ready)),
    }
    for name, work in forms.items():
        print(f"{name:<32} {milliseconds(work):8.1f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
