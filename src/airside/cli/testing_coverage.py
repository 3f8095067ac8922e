"""What the tests verify of the workflows: of each task, whether a test looked at what it did."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from airside.cli.checking import open_inspector
from airside.cli.context import Context
from airside.testing.results.summary import summary_lines
from airside.testing.verdicts import Verdict
from airside.workspace.layout import serve_folder
from airside.workspace.workspace import Workspace

Workflows = Mapping[str, Mapping[str, Verdict]]
"""Of each workflow, the verdict of all tests together on each of its tasks."""

_WORDS: Mapping[Verdict, str] = {"verified": "verified", "ran": "only ran", "not run": "never ran"}


def all_tasks(context: Context, workspace: Workspace) -> dict[str, tuple[str, ...]]:
    """Return the tasks of every workflow of the workspace, by its id.

    Raises:
        UsageError: The packages of the workspace cannot be had.
        PlatformError: Its Python cannot import Airflow.
    """
    found: dict[str, tuple[str, ...]] = {}
    with open_inspector(context, workspace) as inspector:
        for facts in inspector.inspect(serve_folder(workspace), None):
            for failure in facts.failures:
                context.output.progress(f"{facts.file} is left out: {failure.message}", style="yellow")
            for workflow in facts.workflows:
                found[workflow.description.id] = tuple(task.id for task in workflow.description.tasks)
    return found


def covering(tasks: Mapping[str, Sequence[str]], tested: Workflows) -> Workflows:
    """Return the verdicts on all `tasks`; those on others, of a workflow that only a test has, are left out."""
    return {
        workflow: {task: tested.get(workflow, {}).get(task, "not run") for task in ids}
        for workflow, ids in sorted(tasks.items())
    }


def counted(workflows: Workflows) -> tuple[int, int]:
    """Return how many tasks are verified, and how many there are."""
    verdicts = [verdict for tasks in workflows.values() for verdict in tasks.values()]
    return verdicts.count("verified"), len(verdicts)


def coverage_lines(workflows: Workflows, tested: Collection[str]) -> Iterator[tuple[str, str | None]]:
    """Yield lines and their styles: of each workflow the counts, and the tasks that no test verifies.

    Args:
        workflows: What the tests verified.
        tested: The workflows that a test ran.
    """
    for (workflow, tasks), line in zip(sorted(workflows.items()), summary_lines(workflows), strict=True):
        lacking = [verdict for verdict in tasks.values() if verdict != "verified"]
        yield (line if workflow in tested else f"{line}: no test runs it"), "green" if not lacking else "yellow"
        if workflow not in tested:
            continue
        for verdict in ("ran", "not run"):
            if named := [task for task, found in tasks.items() if found == verdict]:
                yield f"  {_WORDS[verdict]}: {', '.join(named)}", None


def unverified(workflows: Workflows) -> list[str]:
    """Return the tasks that no test verifies, as `workflow.task`."""
    return [
        f"{workflow}.{task}"
        for workflow, tasks in sorted(workflows.items())
        for task, verdict in tasks.items()
        if verdict != "verified"
    ]
