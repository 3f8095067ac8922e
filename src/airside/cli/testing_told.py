"""One round of `airside test`: run, and say what the tests verified."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from airside.cli.context import Context
from airside.cli.tested import Asked, Tested, names_no_tests, require_passed, run_workspace_tests
from airside.cli.testing_coverage import Workflows, all_tasks, counted, coverage_lines, covering, unverified
from airside.cli.testing_selection import Chosen, choose
from airside.testing.verdicts import TestReport
from airside.workspace.workspace import Workspace

_SHOWN = 20
"""So many unverified tasks are listed."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked of the tests beside that they pass.

    Attributes:
        coverage: List the tasks that none verifies.
        verified: Each task is to be verified.
    """

    coverage: bool = False
    verified: bool = False


def run_once(
    context: Context, names: Sequence[str], asked: Asked, wishes: Wishes, *, changed: bool, since: str | None
) -> int:
    """Run what the arguments choose, and return the exit code.

    Raises:
        UsageError: The arguments do not hold, pytest is not in the environment, or there are no tests.
        FindingsError: A test failed.
    """
    chosen = choose(context.workspace, names, changed=changed, since=since)
    if chosen.tests == ():
        context.output.document({"passed": True, **msgspec.to_builtins(TestReport())})
        context.output.done("No test is affected by what has changed", then="airside test")
        return 0
    return run_round(context, context.workspace, chosen, asked, wishes)


def run_round(context: Context, workspace: Workspace, chosen: Chosen, asked: Asked, wishes: Wishes) -> int:
    """Run the tests that are chosen, say what they verified, and return the exit code.

    Raises:
        UsageError: pytest is not in the environment, or there are no tests.
        FindingsError: A test failed.
    """
    asked = replace(asked, tests=chosen.tests or ())
    is_all = chosen.tests is None and names_no_tests(workspace, asked)
    tested = run_workspace_tests(context, workspace, asked)
    workflows = _of_interest(context, workspace, chosen, tested, wishes, is_all=is_all)
    lacking = unverified(workflows) if wishes.verified else []
    passed = tested.passed and not lacking
    document = {"passed": passed, **msgspec.to_builtins(tested.report), "workflows": workflows}
    context.output.document(document)
    if wishes.coverage:
        for line, style in coverage_lines(workflows, tested.report.workflows.keys()):
            context.output.say(line, style=style)
    if not context.output.as_json:
        require_passed(tested)
        _tell_lacking(context, lacking)
    if passed:
        verified, tasks = counted(workflows)
        said = f"{tested.number} test{'s' * (tested.number != 1)} passed"
        said += f"; {verified} of {tasks} task{'s' * (tasks != 1)} verified" if tasks else ""
        context.output.done(said, then=_next(tested, all_verified=verified == tasks))
    return 0 if passed else 1


def _of_interest(
    context: Context, workspace: Workspace, chosen: Chosen, tested: Tested, wishes: Wishes, *, is_all: bool
) -> Workflows:
    """Return the verdicts on the workflows that are meant: those named; where all tests ran, every one there is."""
    found = tested.report.workflows
    if is_all and (wishes.coverage or wishes.verified):
        return covering(all_tasks(context, workspace), found)
    return {name: tasks for name, tasks in found.items() if not chosen.workflows or name in chosen.workflows}


def _next(tested: Tested, *, all_verified: bool) -> str:
    if not tested.number:
        return "airside test"  # all were skipped, or only listed
    return "airside deploy ENV" if all_verified else "airside test --coverage"


def _tell_lacking(context: Context, lacking: Sequence[str]) -> None:
    if not lacking:
        return
    more = f" and {len(lacking) - _SHOWN} more" if len(lacking) > _SHOWN else ""
    count = f"{len(lacking)} task{'s' * (len(lacking) != 1)}"
    context.output.say(f"✘ No test verifies {count}: {', '.join(lacking[:_SHOWN])}{more}", style="red")
