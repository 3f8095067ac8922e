"""Making a workspace from a template, and bringing later changes of the template to it. Copier does the work.

`.copier-answers.yml` names the template: its address, or ``airside:default`` for one that comes with Airside.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import copier
import yaml
from copier.errors import CopierAnswersInterrupt, CopierError
from jinja2 import TemplateError, TemplateSyntaxError
from plumbum import ProcessExecutionError

from airside.base.errors import DirtyTreeError, UsageError, WorkspaceError
from airside.base.suggestions import suggestion
from airside.workspace.git import commit_all, make_repository, open_repository, without_credentials
from airside.workspace.history import content_of
from airside.workspace.layout import state_folder
from airside.workspace.settings import STATE_FOLDER

TEMPLATES = Path(__file__).parent / "templates"
ANSWERS = ".copier-answers.yml"

_BUILT_IN = "airside:"
_HINT = "A template is one for Copier; to be updated it has tagged versions. It runs no code of its own here."
_HEADER = "# Written by airside init; `airside init . --update` reads it. Do not edit.\n"


def built_in(templates: Path = TEMPLATES) -> list[str]:
    """Return the names of the templates that come with Airside."""
    return sorted(path.parent.name for path in templates.glob("*/copier.yml"))


def make_workspace(folder: Path, *, template: str, name: str, version: str, python: str) -> None:
    """Fill `folder`, which is missing or empty but for `.git` and `.airside`, from `template`.

    Args:
        folder: Where the workspace is made.
        template: The name of a template that comes with Airside, a folder, or the address of a git repository.
        name: The name of the workspace.
        version: The version of Airside, which is that of its own templates.
        python: The Python that its Airflow gets, ``3.12``; a template of somebody else says that itself.

    Raises:
        UsageError: `folder` is not empty, or there is no such template, or it is not one for Copier.
    """
    _require_empty(folder)
    if template in built_in():
        answers = {"name": name, "python": python}
        with translated(template):
            _copy(TEMPLATES / template, folder, answers)
        _write_answers(folder / ANSWERS, {"_commit": f"v{version}", "_src_path": f"{_BUILT_IN}{template}", **answers})
        return
    _require_address(template)
    with translated(template):
        _copy(template, folder, {"name": name})


def update_workspace(root: Path, *, version: str, templates: Path = TEMPLATES) -> list[str]:
    """Bring what changed in the template since the workspace was made or last updated; return files in conflict.

    The changes are in the working tree, for the user to look at and commit. The user's edits stay; a line that both
    sides changed is marked as git marks a conflict.

    Raises:
        WorkspaceError: The workspace is not from a template, or the template has no versions.
        DirtyTreeError: There are changes that no commit holds, so that an update could not be told from them.
    """
    repository = open_repository(root)
    if repository.head() is None or repository.changes(["."]):
        raise DirtyTreeError(
            f"{root} has changes that no commit holds, and an update would mix with them",
            hint="Commit or stash them first (git status shows them).",
        )
    answers = _read_answers(root / ANSWERS)
    source = str(answers["_src_path"])
    with translated(source):
        if source.startswith(_BUILT_IN):
            _update_built_in(root, answers, version, templates)
        else:
            copier.run_update(root, defaults=True, overwrite=True, quiet=True, conflict="inline")
    return repository.conflicts()


def _update_built_in(root: Path, answers: dict[str, Any], version: str, templates: Path) -> None:
    """Update with a throw-away repository of two versions of the template: the workspace's and the present one.

    Copier is given a copy of the answers that names this repository. It lies in `.airside`, so that the answers in
    git never hold a path of this machine.
    """
    before, after = str(answers["_commit"]), f"v{version}"
    if before == after:
        return
    name = str(answers["_src_path"]).removeprefix(_BUILT_IN)
    private = state_folder(root) / ANSWERS
    with TemporaryDirectory(prefix="airside-template-") as temporary:
        repository = Path(temporary, name)
        repository.mkdir()
        make_repository(repository)
        for tag in (before, after):
            _replace_content(repository, content_of(templates, name, tag.removeprefix("v")))
            commit_all(repository, tag)
        _write_answers(private, answers | {"_src_path": str(repository)})
        try:
            copier.run_update(
                root,
                answers_file=private.relative_to(root).as_posix(),
                vcs_ref=after,
                defaults=True,
                overwrite=True,
                quiet=True,
                conflict="inline",
            )
            _write_answers(root / ANSWERS, _read_answers(private) | {"_src_path": answers["_src_path"]})
        finally:
            private.unlink(missing_ok=True)


def _replace_content(repository: Path, content: Path) -> None:
    for path in repository.iterdir():
        if path.name != ".git":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(content, repository, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))


def _copy(source: Path | str, folder: Path, answers: dict[str, str]) -> None:
    copier.run_copy(str(source), folder, data=answers, defaults=True, quiet=True)


def _require_empty(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file", hint="Name a folder that is empty or does not exist yet.")
    if folder.exists() and any(path.name not in {".git", STATE_FOLDER} for path in folder.iterdir()):
        raise UsageError(
            f"{folder} is not empty",
            hint="Name a folder that is empty or does not exist yet; --update brings a newer template to a workspace.",
        )


def _require_address(template: str) -> None:
    if without_credentials(template) != template:
        raise UsageError(
            f"The address {without_credentials(template)} was given with credentials",
            hint="Name it without, since the workspace records it; git asks its credential helper.",
        )
    if not Path(template).expanduser().exists() and not any(mark in template for mark in ("/", ":")):
        raise UsageError(
            f"There is no template {template!r} (built in: {', '.join(built_in())}{suggestion(template, built_in())})",
            hint="Name a built-in template, a folder, or the address of a git repository.",
        )


@contextmanager
def translated(template: str, hint: str = _HINT) -> Iterator[None]:
    """Tell what goes wrong in Copier as an error about the template, with `hint` as the next step.

    Raises:
        WorkspaceError: It went wrong.
        KeyboardInterrupt: The user left one of its questions with Ctrl-C.
    """
    try:
        yield
    except CopierAnswersInterrupt as error:
        raise KeyboardInterrupt from error
    except (CopierError, ProcessExecutionError, TemplateError, ValueError, OSError) as error:
        raise WorkspaceError(f"The template {template} cannot be used: {_said(error)}", hint=hint) from error


def _said(error: Exception) -> str:
    if isinstance(error, TemplateSyntaxError):
        return f"{error.name or error.filename or 'a text of it'}, line {error.lineno}: {error.message}"
    # Of git, the last line says what failed.
    lines = str(error.stderr if isinstance(error, ProcessExecutionError) else error).strip().splitlines()
    return lines[-1] if lines else type(error).__name__


def _read_answers(path: Path) -> dict[str, Any]:
    try:
        answers = yaml.safe_load(path.read_bytes())
    except (OSError, yaml.YAMLError) as error:
        raise WorkspaceError(
            f"{path} cannot be read, so the template of this workspace is not known",
            hint="Only a workspace that `airside init` made from a template can be updated.",
        ) from error
    if not isinstance(answers, dict) or not {"_commit", "_src_path"} <= answers.keys():
        raise WorkspaceError(
            f"{path} names no version of a template",
            hint="A workspace can be updated when its template is built in, or a git repository with tags.",
        )
    return answers


def _write_answers(path: Path, answers: dict[str, Any]) -> None:
    path.write_text(_HEADER + yaml.safe_dump(answers, allow_unicode=True))
