"""`airside test --watch`: what is saved runs the tests again that it affects."""

import signal
from collections.abc import Collection
from dataclasses import dataclass

from airside.base.errors import AirsideError, PlatformError
from airside.checking.changed_tests import changed_tests
from airside.cli.context import Context
from airside.cli.saved import Saved
from airside.cli.tested import Asked
from airside.cli.testing_selection import Chosen
from airside.cli.testing_told import Wishes, run_round
from airside.workspace.workspace import Workspace, open_workspace

_NAMED = 3
"""How many saved files are named."""


@dataclass(frozen=True, slots=True)
class _Watch:
    """What every round needs."""

    context: Context
    asked: Asked
    wishes: Wishes
    saved: Saved


def watch_tests(context: Context, asked: Asked, wishes: Wishes) -> None:
    """Run the tests, and again those that a save affects, until the user interrupts.

    Raises:
        AirsideError: The workspace cannot be tested when this begins, or its files cannot be followed.
    """
    workspace = context.workspace
    # A script that starts this in the background has SIGINT ignored (POSIX shells), and it is how to end it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with Saved(workspace.root) as saved:
        watch = _Watch(context, asked, wishes, saved)
        # Followed before the first run, so that what is saved meanwhile is not missed.
        saved.follow(workspace.settings.workspace.entries)
        try:
            _run(watch, workspace, None)
            while True:
                workspace = _next(watch, workspace)
        except KeyboardInterrupt:
            context.output.progress("No longer watching")


def _next(watch: _Watch, workspace: Workspace) -> Workspace:
    """Wait for a save, run what it affects, and return the workspace as its settings are now."""
    watch.context.output.progress("Watching; Ctrl-C ends it")
    paths = watch.saved.next()
    if paths is None:
        watch.saved.forget()
        try:
            workspace = open_workspace(workspace.root)
        except AirsideError as error:
            watch.context.output.error(error)
            return workspace
        watch.saved.follow(workspace.settings.workspace.entries)
        _run(watch, workspace, None)
        return workspace
    tests = changed_tests(workspace, paths)
    watch.context.output.progress(f"{_named(paths)} saved: {_counted(tests)}")
    if tests != ():
        _run(watch, workspace, tests)
    return workspace


def _run(watch: _Watch, workspace: Workspace, tests: tuple[str, ...] | None) -> None:
    """Run a round; an error of the user's, such as a test that fails, is shown and can be mended."""
    try:
        run_round(watch.context, workspace, Chosen(tests), watch.asked, watch.wishes)
    except PlatformError:
        raise
    except AirsideError as error:
        watch.context.output.error(error)


def _named(paths: Collection[str]) -> str:
    shown = ", ".join(sorted(paths)[:_NAMED])
    return shown if len(paths) <= _NAMED else f"{shown} and {len(paths) - _NAMED} more"


def _counted(tests: tuple[str, ...] | None) -> str:
    if tests is None:
        return "it holds for all tests"
    return (
        f"it affects {', '.join(tests[:_NAMED])}{' …' if len(tests) > _NAMED else ''}" if tests else "no test uses it"
    )
