"""What every verb that checks has in common: the Python of the workspace, the names, the progress."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from pathlib import Path

from airside.base.errors import UsageError
from airside.checking.changes import changed_files
from airside.checking.check import Inspecting, Request, run_check
from airside.checking.formats.text import lines, summary
from airside.checking.inspector import Inspector, Limits
from airside.checking.policy.severities import codes_off
from airside.checking.report import Report
from airside.checking.selection import EVERYTHING, Selection, affected, files_at
from airside.checking.source import find_ruff, fix_source, source_paths
from airside.cli.context import Context
from airside.cli.followed import foreign_workflows
from airside.cli.names import all_names
from airside.inspection.facts import FileFacts
from airside.platform.environment import ensure_environment
from airside.running.current import LOCAL, VARIABLE
from airside.workspace.layout import serve_folder
from airside.workspace.workspace import Workspace

_EVERY = 3.0
"""Seconds between two words about progress."""


class Progress:
    """An inspector that tells how many files it has seen, where that takes long."""

    def __init__(self, context: Context, inspector: Inspecting) -> None:
        self._output = context.output
        self._inspector = inspector

    def inspect(self, root: Path, files: Sequence[str] | None) -> Iterator[FileFacts]:
        """Yield what the inspector yields, and print now and then how many that were."""
        due = time.monotonic() + _EVERY
        if files is None:
            self._output.progress("Importing the DAG files")
        for number, facts in enumerate(self._inspector.inspect(root, files), start=1):
            yield facts
            if number > 1 and time.monotonic() >= due:
                of = f" of {len(files):,}" if files is not None else ""
                self._output.progress(f"{number:,}{of} DAG files imported")
                due = time.monotonic() + _EVERY

    def run(self, kind: str, root: Path, payload: bytes, *, seconds: float) -> bytes:
        """Do other work."""
        return self._inspector.run(kind, root, payload, seconds=seconds)


@contextmanager
def open_inspector(context: Context, workspace: Workspace, environment: str | None = None) -> Iterator[Progress]:
    """Start the Python of the workspace, made first where it is missing, and end it.

    `environment` is the one whose configs the DAG files read while they are imported; None is the local one.

    Raises:
        UsageError: The packages of the workspace cannot be had.
        PlatformError: It cannot be started.
    """
    python = ensure_environment(workspace, lambda step: context.output.progress(str(step)))
    asked = workspace.settings.check
    limits = Limits(
        seconds=asked.timeout,
        memory_mib=asked.memory,
        network=asked.network,
        jobs=asked.jobs or os.cpu_count() or 1,
    )
    variables = workspace.settings.airflow.variables | {VARIABLE: environment or LOCAL}
    with Inspector(python, environment=variables, limits=limits) as inspector:
        yield Progress(context, inspector)


def working_tree(workspace: Workspace, environment: str | None, selection: Selection) -> Request:
    """Return the request to check the working tree.

    Raises:
        UnknownEnvironmentError: `airside.toml` does not declare `environment`.
        FindingsError: A document of secrets is not what it should be.
    """
    if environment is not None:
        workspace.settings.environment(environment)
    return Request(
        workspace=workspace,
        root=serve_folder(workspace),
        selection=selection,
        names=all_names(workspace),
        environment=environment,
        ruff=find_ruff(workspace.state / "env"),
    )


def mend(context: Context, request: Request) -> None:
    """Let ruff mend the files that are to be checked, and say what it did."""
    workspace = request.workspace
    if request.ruff is None:
        return
    chosen = request.selection
    paths = source_paths(workspace.root, workspace.settings.workspace.entries) if chosen.everything else chosen.files
    settings = workspace.settings
    left = codes_off(settings.policy)
    mended = fix_source(workspace.root, paths, ruff=request.ruff, python=settings.airflow.python, ignored=left)
    for code, count in mended.items():
        context.output.progress(f"mended {count} {code}")


def select(workspace: Workspace, paths: Sequence[str], *, changed: bool, since: str | None) -> Selection:
    """Return what the arguments of `airside check` select.

    Raises:
        UsageError: They do not go together, name what is not there, or there is no git to ask.
    """
    if paths and (changed or since is not None):
        raise UsageError("Files and --changed exclude each other", hint="Name files, or let git say what has changed.")
    if changed or since is not None:
        return affected(workspace, changed_files(workspace, since))
    files = files_at(workspace, Path.cwd(), paths) if paths else None
    return EVERYTHING if files is None else affected(workspace, files)


def check_once(context: Context, environment: str | None, selection: Selection, *, fix: bool) -> Report:
    """Check what is selected of the working tree. Python is started only where a DAG file is among it.

    Raises:
        UsageError: The environment is not declared, or a configuration is broken.
        PlatformError: The Python of the workspace cannot import Airflow.
    """
    workspace = context.workspace
    if environment is not None:
        workspace.settings.environment(environment)
    idle = not selection.everything and not selection.dags
    if idle:
        context.output.progress("Nothing to import: no workflow depends on what was selected")
    # Airflow takes a second to start; names are read meanwhile.
    with nullcontext() if idle else open_inspector(context, workspace, environment) as inspector:
        request = working_tree(workspace, environment, selection)
        if environment is not None:
            request = replace(request, taken=foreign_workflows(context, environment))
        if fix:
            mend(context, request)
        report = run_check(request, inspector)
    tell_faults(context, report)
    return report


def tell_faults(context: Context, report: Report) -> None:
    """Say what Airside itself could not read: no finding, but what was checked is less than it seems."""
    for fault in report.faults:
        context.output.progress(f"A fault of Airside, please report it: {fault}", style="yellow")


def print_report(context: Context, report: Report, *, then: str | None) -> None:
    """Print the report for people, and after a success what comes next."""
    relative = os.path.relpath(context.workspace.root, Path.cwd())
    for line in lines(report, "" if relative == "." else f"{relative}/", verbose=context.output.verbose):
        context.output.say(line.text, style=line.style)
    if report.passed:
        context.output.done(summary(report).removeprefix("✔ "), then=then)
    else:
        context.output.say(summary(report), style="red")
