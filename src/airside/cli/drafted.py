"""Making a release of the workspace, in memory: source, validation, import check, record."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from importlib import metadata

from airside.base import clock
from airside.base.errors import FindingsError
from airside.checks.imports import ImportReport, check_imports
from airside.checks.staged import staged
from airside.cli.context import Context
from airside.platform.environment import ensure_environment, lock_digest
from airside.release.record import Builder, Check, Record, Requirements
from airside.release.source import SourceFile
from airside.release.tree import Tree
from airside.release.validation import require_valid
from airside.workspace.source import Snapshot, read_source

CHECK_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Draft:
    """A release that is not in a store yet."""

    files: Sequence[SourceFile]
    tree: Tree
    record: Record


def draft_release(context: Context, *, allow_dirty: bool) -> Draft:
    """Make a release of the workspace as its commit has it.

    The store is opened meanwhile: the import check takes over a second, most of it Airflow's own start.

    Raises:
        DirtyTreeError: There are changes that no commit holds, and `allow_dirty` is false.
        FindingsError: The files cannot be a release, or a DAG file does not import.
    """
    snapshot = read_source(context.workspace, allow_dirty=allow_dirty)
    dags = context.workspace.settings.workspace.dags
    require_valid(snapshot.files, dags=dags)
    context.output.progress("Importing every DAG file")
    with ThreadPoolExecutor(max_workers=1) as executor:
        check = executor.submit(_import_all, context, snapshot.files)
        tree = Tree.of_sources(snapshot.files)
        report = _result(context, check)
    return Draft(snapshot.files, tree, _record(context, snapshot, tree, report))


def _result(context: Context, check: Future[ImportReport]) -> ImportReport:
    _ = context.store  # opened and probed while the check runs
    report = check.result()
    if report.faults:
        lines = "\n".join(f"  {fault}" for fault in report.faults)
        count = len(report.faults)
        raise FindingsError(
            f"{count} DAG file{'s do' if count > 1 else ' does'} not import; nothing was uploaded\n{lines}",
            hint="Correct and commit, then run the command again.",
        )
    return report


def _import_all(context: Context, files: Sequence[SourceFile]) -> ImportReport:
    python = ensure_environment(context.workspace, lambda step: context.output.progress(str(step)))
    with staged(files) as folder:
        return check_imports(
            python, folder, environment=context.workspace.settings.airflow.variables, timeout=CHECK_SECONDS
        )


def _record(context: Context, snapshot: Snapshot, tree: Tree, report: ImportReport) -> Record:
    settings = context.workspace.settings
    return Record(
        workspace=context.workspace.name,
        tree=tree.digest,
        created_at=clock.to_text(context.now()),
        source=snapshot.source,
        builder=Builder(name="airside", version=metadata.version("airside")),
        workflows=report.workflows,
        checks=(Check(name="import", passed=True, subjects=report.files),),
        requirements=Requirements(airflow=settings.airflow.version, lock=lock_digest(context.workspace)),
    )
