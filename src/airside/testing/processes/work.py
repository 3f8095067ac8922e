"""What the process of a test asks of the one that runs workflows."""

from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from airside.base.errors import AirsideError
from airside.testing.given import Tier
from airside.testing.outcome import Failure, Need
from airside.testing.processes.covering import Scope

Kind = Literal["run", "files", "list", "serialize"]


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of work for a process of its own.

    Attributes:
        kind: Run a workflow; name all DAG files; list the workflows of files; serialize a workflow.
        root: `Source.root`.
        import_root: `Source.import_root`.
        paths: `Source.paths`.
        folder: Where Airflow looks for DAG files.
        files: DAG files, absolute: the one of the workflow, or those to list.
        dag_id: The workflow.
        scratch: An empty folder for this work: its working folder, home and temporary files.
        modules: Modules that earlier runs have imported, and that every later one can have from the start.
        covering: Of which files to note what is run; None: note nothing.
        tier: Of the run.
        body: The `Given`, pickled: it is opened in that process only.
    """

    kind: Kind
    root: str
    import_root: str
    paths: tuple[str, ...] = ()
    folder: str
    files: tuple[str, ...] = ()
    dag_id: str = ""
    scratch: str
    modules: tuple[str, ...] = ()
    covering: Scope | None = None
    tier: Tier = "fast"
    body: bytes


@dataclass(frozen=True, slots=True)
class Done:
    """What a process sends back.

    Attributes:
        result: What the work returned; `Raised`.
        modules: Modules that it had to import, which may be imported before.
        covered: Which lines were run, as `coverage` writes it; None: it was not noted.
    """

    result: Any
    modules: tuple[str, ...]
    covered: bytes | None = None


@dataclass(frozen=True, slots=True)
class Raised:
    """In place of a result: what is the matter with the test, to be raised in its process."""

    error: AirsideError


@dataclass(frozen=True, slots=True)
class Listed:
    """What one DAG file has.

    Attributes:
        dag_ids: Of its workflows, in order.
        failure: Why it does not import; None when it does.
        needs: What it asked for.
    """

    dag_ids: tuple[str, ...] = ()
    failure: Failure | None = None
    needs: tuple[Need, ...] = ()
