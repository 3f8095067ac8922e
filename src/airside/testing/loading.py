"""The workflows of a project, read in a process of their own: that of the test imports no DAG file."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from airside.testing.given import Given
from airside.testing.outcome import Failure
from airside.testing.processes import running
from airside.testing.processes.source import Source


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What a folder with DAG files has.

    Attributes:
        files: By workflow: its DAG file, absolute.
        errors: By DAG file: why it does not import.
    """

    files: Mapping[str, Path]
    errors: Mapping[Path, Failure]


def catalogue(source: Source) -> Catalogue:
    """Return all workflows of a project.

    Raises:
        UsageError: A file ends the process that reads it.
        PlatformError: There is no Airflow in this environment, or it does not work.
    """
    found = running.listed(source)
    return Catalogue(
        {dag_id: path for path, listed in found.items() for dag_id in listed.dag_ids},
        {path: listed.failure for path, listed in found.items() if listed.failure is not None},
    )


def serialized(source: Source, given: Given | None = None) -> dict[str, Any]:
    """Return a workflow as Airflow serializes it: `DagSerialization.to_dict`.

    Args:
        source: Where it is.
        given: What its DAG file finds when it is read.

    Raises:
        UsageError: There is no such workflow, or its file does not import.
        PlatformError: There is no Airflow in this environment, or it does not work.
    """
    return running.serialized(source, given or Given(dag_id=source.dag_id or ""))
