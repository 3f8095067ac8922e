"""Making a release of the workspace, in memory: source, validation, check, tests, description, record."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib import metadata

from airside.base import clock
from airside.base.digest import Digest
from airside.base.errors import FindingsError
from airside.checking.check import Request, run_check
from airside.checking.due import count_due
from airside.checking.report import Report
from airside.checking.source import find_ruff
from airside.checking.staged import staged
from airside.cli.checking import open_inspector
from airside.cli.context import Context
from airside.cli.followed import foreign_workflows
from airside.cli.foreseen import Count
from airside.cli.names import all_names
from airside.cli.planned import Known
from airside.cli.protection import TEST, TEST_VERIFIED
from airside.cli.tested import Asked, require_passed, run_workspace_tests
from airside.cli.testing_coverage import counted, covering
from airside.platform.environment import LOCK_FILE, lock_digest
from airside.release.description import Description
from airside.release.record import Builder, Check, Record, Requirements, Workflow
from airside.release.source import SourceFile
from airside.release.tree import Tree
from airside.release.validation import require_valid
from airside.workspace.source import Snapshot, committed_file, read_source

_TESTS = (TEST, TEST_VERIFIED)
_SHOWN = 20
"""So many errors are listed; `airside check` has the rest."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A release that is not in a store yet.

    Attributes:
        files: What it holds.
        tree: The same, by digest.
        record: Not signed yet.
        description: What its workflows are.
        warnings: What the check found that does not stop a release.
        count: Counts the runs that are due, in the Python that the check has started.
    """

    files: Sequence[SourceFile]
    tree: Tree
    record: Record
    description: Description
    warnings: int
    count: Count


@contextmanager
def drafted(context: Context, environment: str, *, allow_dirty: bool) -> Iterator[Draft]:
    """Make a release of the workspace as its commit has it, for `environment`.

    The store is opened meanwhile: the check takes over a second, most of it Airflow's own start. What is started stays
    until the end of the context: whoever plans has more to ask of it.

    Raises:
        DirtyTreeError: There are changes that no commit holds, and `allow_dirty` is false.
        FindingsError: The files cannot be a release, the check finds errors, or a test fails.
    """
    snapshot = read_source(context.workspace, allow_dirty=allow_dirty)
    require_valid(snapshot.files, dags=context.workspace.settings.workspace.dags)
    context.output.progress("Checking every workflow")
    with ExitStack() as stack:
        with ThreadPoolExecutor(max_workers=1) as executor:
            check = executor.submit(_check, context, environment, snapshot.files, stack)
            tree = Tree.of_sources(snapshot.files)
            _ = context.store  # opened and probed while the check runs
            report, count = check.result()
        _require_passed(report, environment)
        checks = (*_checks(report), *_tested(context, report.description, tree, allow_dirty=allow_dirty))
        record = _record(context, snapshot, tree, report, checks)
        yield Draft(snapshot.files, tree, record, report.description, report.warnings, count)


def known_of(draft: Draft) -> Known:
    """Return what a plan needs to know of a draft, while the context that made it is open."""
    return Known(files=draft.files, description=draft.description, warnings=draft.warnings, count=draft.count)


def _check(context: Context, environment: str, files: Sequence[SourceFile], stack: ExitStack) -> tuple[Report, Count]:
    """Check `files`; return what came of it and what counts runs for as long as `stack` is open."""
    workspace = context.workspace
    folder = stack.enter_context(staged(files))
    inspector = stack.enter_context(open_inspector(context, workspace, environment))
    request = Request(
        workspace=workspace,
        root=folder,
        names=all_names(workspace),
        environment=environment,
        taken=foreign_workflows(context, environment),
        ruff=find_ruff(workspace.state / "env"),
    )
    return run_check(request, inspector), partial(count_due, inspector, folder)


def _require_passed(report: Report, environment: str) -> None:
    errors = [finding for finding in report.findings if finding.severity == "error"]
    if not errors:
        return
    lines = [f"  {finding.place}: {finding.message} [{finding.rule}]" for finding in errors[:_SHOWN]]
    more = [f"  and {len(errors) - _SHOWN} more"] if len(errors) > _SHOWN else []
    count = f"{len(errors)} error{'s' if len(errors) > 1 else ''}"
    raise FindingsError(
        "\n".join([f"The check found {count}; nothing was uploaded", *lines, *more]),
        hint=f"`airside check --env {environment}` says how to correct each. Commit, then run the command again.",
    )


def _checks(report: Report) -> Iterator[Check]:
    yield Check(name="import", passed=True, subjects=len(report.facts))
    yield Check(name="check", passed=report.passed, subjects=report.workflows)


def _tested(context: Context, description: Description, tree: Tree, *, allow_dirty: bool) -> Iterator[Check]:
    """Run the tests where an environment of this workspace asks for them: the release may be promoted there.

    Raises:
        FindingsError: A test failed, or the files are other ones now: what was tested is not what ships.
    """
    workspace = context.workspace
    if not any({*_TESTS}.intersection(settings.require) for settings in workspace.settings.environments.values()):
        return
    context.output.progress("Running the tests")
    tested = run_workspace_tests(context, workspace, Asked())
    require_passed(tested)
    if Tree.of_sources(read_source(workspace, allow_dirty=allow_dirty).files).digest != tree.digest:
        raise FindingsError(
            "Files of the workspace changed while its tests ran; nothing was uploaded", hint="Run the command again."
        )
    tasks = {found.id: [task.id for task in found.tasks] for found in description.workflows}
    verified, number = counted(covering(tasks, tested.report.workflows))
    yield Check(name=TEST, passed=True, subjects=tested.number, tasks=number, verified=verified)


def _record(context: Context, snapshot: Snapshot, tree: Tree, report: Report, checks: tuple[Check, ...]) -> Record:
    settings, description = context.workspace.settings, report.description
    return Record(
        workspace=context.workspace.name,
        tree=tree.digest,
        created_at=clock.to_text(context.now()),
        source=snapshot.source,
        builder=Builder(name="airside", version=metadata.version("airside")),
        workflows=tuple(Workflow(id=found.id, file=found.file) for found in description.workflows),
        checks=checks,
        requirements=Requirements(airflow=settings.airflow.version, lock=_lock(context, snapshot)),
        description=description.digest,
    )


def _lock(context: Context, snapshot: Snapshot) -> Digest | None:
    """Return the lock file that the release is built for: that of its commit, of which images are built too."""
    here = lock_digest(context.workspace)
    if snapshot.source.dirty or (data := committed_file(context.workspace, LOCK_FILE)) is None:
        return here
    if (committed := Digest.of(data)) != here:
        text = f"{LOCK_FILE} is not what its commit has; the release counts as built for the packages of the commit's"
        context.output.progress(text, style="yellow")
    return committed
