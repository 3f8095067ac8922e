"""`airside check --watch`: Python stays warm, and what is saved is checked again with what depends on it."""

import signal
from collections.abc import Collection
from dataclasses import dataclass, replace

from airside.base.errors import AirsideError, FindingsError, PlatformError, UsageError
from airside.checking.check import Request, run_check
from airside.checking.formats.text import count, finding_line
from airside.checking.report import Report, added
from airside.checking.selection import EVERYTHING, affected
from airside.cli.checking import open_inspector, print_report, tell_faults, working_tree
from airside.cli.context import Context
from airside.cli.saved import Saved
from airside.workspace.workspace import Workspace, open_workspace

_SHOWN = 20
"""How many new findings are shown of one round."""
_NAMING = ("configs/", "secrets/")
"""Where names that an environment has come from."""
_NAMED = 3
"""How many saved files are named."""


@dataclass(frozen=True, slots=True)
class _Watch:
    """What every round needs."""

    context: Context
    environment: str | None
    saved: Saved


def watch_workspace(context: Context, environment: str | None) -> None:
    """Check the workspace, and again whatever is saved, until the user interrupts.

    Raises:
        AirsideError: The workspace cannot be checked when this begins, or its Python breaks down twice in a row.
    """
    workspace = context.workspace
    # A script that starts this in the background has SIGINT ignored (POSIX shells), and it is how to end it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with Saved(workspace.root) as saved:
        watch = _Watch(context, environment, saved)
        try:
            _retried(watch, workspace)
            while True:
                workspace = _reopened(watch, workspace)
                _told(watch, workspace)
        except KeyboardInterrupt:
            context.output.progress("No longer watching")


def _retried(watch: _Watch, workspace: Workspace) -> None:
    """Run the rounds, with a new Python once more if the first one dies."""
    try:
        _until_all_changes(watch, workspace)
    except PlatformError as error:
        watch.context.output.progress(f"{error.message}; starting it again", style="yellow")
        _until_all_changes(watch, workspace)


def _told(watch: _Watch, workspace: Workspace) -> None:
    """Run the rounds; an error of the user's, such as a package that does not exist, is shown and can be mended."""
    try:
        _retried(watch, workspace)
    except PlatformError:
        raise
    except AirsideError as error:
        watch.context.output.error(error)
        watch.saved.next()


def _reopened(watch: _Watch, workspace: Workspace) -> Workspace:
    """Return the workspace as its settings are now, as soon as they hold."""
    while True:
        watch.saved.forget()
        try:
            return open_workspace(workspace.root)
        except AirsideError as error:
            watch.context.output.error(error)
            watch.saved.next()


def _until_all_changes(watch: _Watch, workspace: Workspace) -> None:
    """Check everything, and then what is saved, until the settings or the packages are other ones."""
    # Followed before the first look, so that what is saved meanwhile is not missed.
    watch.saved.follow(workspace.settings.workspace.entries)
    request = working_tree(workspace, watch.environment, EVERYTHING)
    with open_inspector(watch.context, workspace, watch.environment) as inspector:
        report = run_check(request, inspector)
        tell_faults(watch.context, report)
        print_report(watch.context, report, then=None)
        watch.context.output.progress("Watching; Ctrl-C ends it")
        paths: frozenset[str] = frozenset()
        while (saved := watch.saved.next()) is not None:
            paths |= saved
            try:
                request = _next_request(watch, request, report, paths)
                now = run_check(request, inspector)
            except (UsageError, FindingsError) as error:  # such as secrets in the middle of an edit
                watch.context.output.error(error)
                continue
            if now.faults != report.faults:
                tell_faults(watch.context, now)
            _show_difference(watch.context, paths, report, now)
            report, paths = now, frozenset()


def _next_request(watch: _Watch, request: Request, report: Report, paths: Collection[str]) -> Request:
    selection = affected(request.workspace, paths, report.facts)
    if any(path.startswith(_NAMING) for path in paths):
        request = working_tree(request.workspace, watch.environment, selection)
    known = {} if selection.everything else {facts.file: facts for facts in report.facts}
    return replace(request, selection=selection, known=known)


def _show_difference(context: Context, paths: Collection[str], before: Report, now: Report) -> None:
    """Print what is new, what is gone, and how much there is in all."""
    output = context.output
    new, gone = added(before, now), added(now, before)
    for finding in new[:_SHOWN]:
        line = finding_line(finding)
        output.say(line.text, style=line.style)
        if finding.fix:
            output.say(f"    fix: {finding.fix}", style="dim")
    if len(new) > _SHOWN:
        output.say(f"  … and {len(new) - _SHOWN} more", style="dim")
    for finding in gone[:_SHOWN]:
        output.say(f"  gone: {finding.place} [{finding.rule}]", style="green")
    clock = context.now().astimezone().strftime("%H:%M:%S")
    said = f"{clock} {_named(paths)} saved: {count(now)} ({now.seconds:.2f} s)"
    output.say(said, style="green" if now.passed else "red")


def _named(paths: Collection[str]) -> str:
    shown = ", ".join(sorted(paths)[:_NAMED])
    return shown if len(paths) <= _NAMED else f"{shown} and {len(paths) - _NAMED} more"
