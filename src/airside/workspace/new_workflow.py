"""A new workflow from a template: planned as data, then written, so that nothing is ever overwritten."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import copier
import tomlkit

from airside.base.errors import RefusedError, WorkspaceError
from airside.base.files import write_atomically
from airside.config.files import CONFIGS
from airside.workspace.requirement_lines import lacking, with_lines
from airside.workspace.settings import SETTINGS_FILE
from airside.workspace.templating import translated
from airside.workspace.workflow_templates import WorkflowTemplate
from airside.workspace.workspace import Workspace

REQUIREMENTS: Final = "requirements.txt"
_TEST_PACKAGE: Final = "pytest"
_HINT: Final = "docs/reference/templates says what a template has and is told; --data answers a question of it."


@dataclass(frozen=True, slots=True)
class WorkflowRequest:
    """What a template is told.

    Attributes:
        name: The id of the workflow.
        team: Whose it is; None leaves it to the defaults of the workspace.
        schedule: As a DAG takes it; None for runs that are asked for.
        answers: Of the template's own questions, by their names.
        asks: Let Copier ask for the answers that are lacking; otherwise their defaults count.
    """

    name: str
    team: str | None = None
    schedule: str | None = "@daily"
    answers: Mapping[str, str] = field(default_factory=dict)
    asks: bool = False


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that a template makes.

    Attributes:
        path: Relative to the workspace.
    """

    path: str
    data: bytes
    is_executable: bool


@dataclass(frozen=True, slots=True)
class NewWorkflow:
    """All that a new workflow changes in a workspace.

    Attributes:
        files: What is made, ordered by path.
        packages: Lines that `requirements.txt` gets.
        included: What `workspace.include` gets.
    """

    files: tuple[NewFile, ...]
    packages: tuple[str, ...]
    included: tuple[str, ...]


def plan_workflow(workspace: Workspace, template: WorkflowTemplate, request: WorkflowRequest) -> NewWorkflow:
    """Return what `template` makes of `request`. Nothing is written.

    Raises:
        WorkspaceError: The template does not hold, or asks for something that has no default.
        RefusedError: A file that it makes is there already; the message names all of them.
    """
    files = _rendered(workspace, template, request)
    if there := sorted({place for file in files for place in _in_the_way(workspace.root, file.path)}):
        raise RefusedError(
            f"The workflow {request.name!r} would overwrite {', '.join(there)}",
            hint="Nothing was written. Choose another name, or move what is there.",
        )
    text = _requirements(workspace)
    is_read = any(file.path.startswith(f"{CONFIGS}/") for file in files)
    ships = any(entry.split("/")[0] == CONFIGS for entry in workspace.settings.workspace.entries)
    return NewWorkflow(
        files=files,
        packages=lacking(text, (_TEST_PACKAGE, *template.requirements)),
        included=(CONFIGS,) if is_read and not ships else (),
    )


def write_workflow(workspace: Workspace, workflow: NewWorkflow) -> None:
    """Write what was planned, each file only where there is none.

    Raises:
        RefusedError: Somebody else made one of the files meanwhile. None is left of this workflow.
        WorkspaceError: A file cannot be written. None is left.
    """
    made: list[Path] = []
    try:
        # Not all at once: what was made before one that fails is to be known.
        made.extend(_create(workspace.root / file.path, file) for file in workflow.files)
        if workflow.packages:
            text = with_lines(_requirements(workspace), workflow.packages)
            write_atomically(workspace.root / REQUIREMENTS, text.encode())
        if workflow.included:
            _include(workspace.root / SETTINGS_FILE, workflow.included)
    except OSError as error:
        for path in made:
            path.unlink(missing_ok=True)
        fault = RefusedError if isinstance(error, FileExistsError) else WorkspaceError
        raise fault(
            f"{error.filename} cannot be written: {error.strerror}", hint="None of the files of the workflow was left."
        ) from error


def _rendered(workspace: Workspace, template: WorkflowTemplate, request: WorkflowRequest) -> tuple[NewFile, ...]:
    with TemporaryDirectory(prefix="airside-new-") as temporary, translated(template.name, _HINT):
        copier.run_copy(
            str(template.folder),
            temporary,
            data=_told(workspace, template, request),
            defaults=not request.asks,
            quiet=True,
        )
        files = tuple(_read(Path(temporary)))
        if not files:
            raise ValueError("it makes no files")
    return files


def _told(workspace: Workspace, template: WorkflowTemplate, request: WorkflowRequest) -> dict[str, Any]:
    """Return the values of `TOLD`, and the answers."""
    settings = workspace.settings
    return {
        "summary": template.summary,
        "requirements": list(template.requirements),
        "name": request.name,
        "title": request.name.replace("_", " ").strip().capitalize(),
        "team": request.team or "",
        "schedule": request.schedule or "",
        "dags": settings.workspace.dags,
        "workspace": workspace.name,
        "databases": list(settings.platform.databases),
    } | dict(request.answers)


def _read(folder: Path) -> Iterator[NewFile]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            executable = bool(path.stat().st_mode & 0o100)
            yield NewFile(path.relative_to(folder).as_posix(), path.read_bytes(), executable)


def _in_the_way(root: Path, path: str) -> Iterator[str]:
    """Yield what is where the file would be: itself, a config of this name, a file in place of a folder above it."""
    target = root / path
    places = [target, *([target.with_suffix(".yml")] if path.startswith(f"{CONFIGS}/") else [])]
    places += [folder for folder in target.parents if folder.is_relative_to(root) and not folder.is_dir()]
    for place in places:
        if place.exists() or place.is_symlink():
            yield place.relative_to(root).as_posix()


def _create(path: Path, file: NewFile) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as opened:
        try:
            opened.write(file.data)
        except OSError:
            path.unlink()
            raise
    if file.is_executable:
        path.chmod(path.stat().st_mode | 0o111)
    return path


def _requirements(workspace: Workspace) -> str:
    path = workspace.root / REQUIREMENTS
    try:
        return path.read_text(encoding="utf-8") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise WorkspaceError(f"{path} cannot be read: {error}") from error


def _include(path: Path, entries: tuple[str, ...]) -> None:
    document = tomlkit.parse(path.read_text(encoding="utf-8"))
    section: Any = document["workspace"]
    section.setdefault("include", []).extend(entries)
    write_atomically(path, tomlkit.dumps(document).encode())
