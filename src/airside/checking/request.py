"""What a check is asked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from airside.checking.selection import EVERYTHING, Selection
from airside.inspection.facts import FileFacts
from airside.release.contract import Names
from airside.workspace.workspace import Workspace


class Inspecting(Protocol):
    """What a check needs of `airside.checking.inspector.Inspector`."""

    def inspect(self, root: Path, files: Sequence[str] | None) -> Iterator[FileFacts]:
        """Import these DAG files, or all that Airflow lists, and yield the facts of each as it is done."""
        ...

    def run(self, kind: str, root: Path, payload: bytes, *, seconds: float) -> bytes:
        """Do work of this kind in the Python of the workspace."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is to be checked, and against what.

    Attributes:
        workspace: Its settings hold, and its tests and policies count.
        root: A folder with the layout of a release: what is imported.
        selection: Which files.
        known: The facts of the other files, from an earlier check of all of them; empty where there was none.
        names: What each declared environment has.
        environment: The one to compare with; None compares with all of them.
        taken: Workflow ids that other environments of the same Airflow use, each with the environment.
        ruff: The program that checks the source; None leaves that out.
    """

    workspace: Workspace
    root: Path
    selection: Selection = EVERYTHING
    known: Mapping[str, FileFacts] = field(default_factory=dict)
    names: Mapping[str, Names] = field(default_factory=dict)
    environment: str | None = None
    taken: Mapping[str, str] = field(default_factory=dict)
    ruff: Path | None = None
