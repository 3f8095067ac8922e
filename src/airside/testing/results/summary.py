"""The last lines: of each workflow, how many of its tasks the tests verify."""

from collections.abc import Iterator, Mapping

from airside.testing.verdicts import Verdict


def summary_lines(workflows: Mapping[str, Mapping[str, Verdict]]) -> Iterator[str]:
    """Yield ``orders: 5 tasks, 3 verified, 2 only ran`` for each workflow, sorted."""
    for name, tasks in sorted(workflows.items()):
        yield f"{name}: {_counted(tasks)}"


def unverified_lines(workflows: Mapping[str, Mapping[str, Verdict]]) -> Iterator[str]:
    """Yield ``orders: no test verifies load, notify`` for each workflow that has such tasks, sorted."""
    for name, tasks in sorted(workflows.items()):
        left = [task_id for task_id, verdict in tasks.items() if verdict != "verified"]
        if left:
            yield f"{name}: no test verifies {', '.join(left)}"


def _counted(tasks: Mapping[str, Verdict]) -> str:
    if not tasks:
        return "no run of it came to its end"
    verdicts = list(tasks.values())
    ran, idle = verdicts.count("ran"), verdicts.count("not run")
    parts = [f"{len(tasks)} task{'s' * (len(tasks) != 1)}", f"{verdicts.count('verified')} verified"]
    parts += [f"{ran} only ran"] if ran else []
    parts += [f"{idle} never ran"] if idle else []
    return ", ".join(parts)
