"""The templates of workflows: those of the workspace, `templates/<name>/`, and those that come with Airside.

A template is one for Copier. Of its `copier.yml`, `summary` is what the list says of it, and `requirements` the
packages that its workflows need.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from airside.base.errors import UsageError, WorkspaceError
from airside.base.suggestions import suggestion
from airside.workspace.templating import TEMPLATES

OWN: Final = "templates"
"""Where a workspace keeps its own, relative to its root."""

BUILT_IN: Final = TEMPLATES / "workflows"
DEFAULT: Final = "etl"

TOLD: Final = frozenset(
    {"summary", "requirements", "name", "title", "team", "schedule", "dags", "workspace", "databases"}
)
"""What every template knows without asking; docs/reference/templates.md says what each is."""

_MAIN = "copier.yml"


@dataclass(frozen=True, slots=True)
class WorkflowTemplate:
    """A template of a workflow.

    Attributes:
        name: What `airside new --template` names.
        folder: Where it lies.
        is_own: It is one of the workspace.
        summary: One line about it; empty where it says none.
        requirements: What its workflows need, each as a line of `requirements.txt`.
        questions: What it asks beside what every template is told.
    """

    name: str
    folder: Path
    is_own: bool
    summary: str
    requirements: tuple[str, ...]
    questions: tuple[str, ...]


def find_templates(root: Path) -> dict[str, WorkflowTemplate]:
    """Return the templates by name, those of the workspace `root` first; one of them hides a built-in one.

    Raises:
        WorkspaceError: The `copier.yml` of one does not hold.
    """
    return {name: _read(path, is_own=is_own) for name, (path, is_own) in _places(root).items()}


def _places(root: Path) -> dict[str, tuple[Path, bool]]:
    """Return the `copier.yml` of each template, and whether it is one of the workspace."""
    found: dict[str, tuple[Path, bool]] = {}
    for folder, is_own in ((root / OWN, True), (BUILT_IN, False)):
        for path in sorted(folder.glob(f"*/{_MAIN}")):
            found.setdefault(path.parent.name, (path, is_own))
    return found


def find_template(root: Path, name: str) -> WorkflowTemplate:
    """Return the template `name`.

    Raises:
        UsageError: There is none; the message lists all.
        WorkspaceError: Its `copier.yml` does not hold.
    """
    places = _places(root)
    if name not in places:
        known = list(places)
        raise UsageError(
            f"There is no template {name!r} of a workflow (known: {', '.join(known)}{suggestion(name, known)})",
            hint=f"`airside new --list` says what each is for; one of your own is a folder in {OWN}/ with a {_MAIN}.",
        )
    path, is_own = places[name]
    return _read(path, is_own=is_own)


def _read(path: Path, *, is_own: bool) -> WorkflowTemplate:
    try:
        said = yaml.safe_load(path.read_bytes())
    except OSError as error:
        raise _fault(path, f"cannot be read: {error.strerror}") from error
    except yaml.YAMLError as error:
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        raise _fault(path, f"is no YAML{f', line {mark.line + 1}' if mark else ''}") from error
    if not isinstance(said, dict):
        raise _fault(path, "is no mapping")
    requirements = _value(said.get("requirements", []))
    if not isinstance(requirements, list) or not all(isinstance(line, str) for line in requirements):
        raise _fault(path, "has `requirements` that are no list of texts")
    return WorkflowTemplate(
        name=path.parent.name,
        folder=path.parent,
        is_own=is_own,
        summary=" ".join(str(_value(said.get("summary", ""))).split()),
        requirements=tuple(requirements),
        questions=tuple(_questions(said)),
    )


def _questions(said: Mapping[str, Any]) -> Iterator[str]:
    for key, question in said.items():
        if key.startswith("_") or key in TOLD:
            continue
        if not isinstance(question, dict) or question.get("when", True) is not False:
            yield key


def _value(question: object) -> object:
    """Return the value of a question of Copier that is never asked: its default, or the short form of it."""
    return question.get("default", "") if isinstance(question, dict) else question


def _fault(path: Path, what: str) -> WorkspaceError:
    return WorkspaceError(f"{path} {what}", hint="docs/reference/templates says what the copier.yml of a template has.")
