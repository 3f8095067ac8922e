"""What is read from Airflow's lists, before it is said whose it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from airside.alerts.event import Kind


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened in Airflow.

    Attributes:
        key: The same for the same thing whenever it is read; another one after it happened again.
        kind: What.
        at: When, in seconds since 1970, by the clock of who wrote it down.
        workflow: Its id; of an import error the file.
        run: The id of the run.
        bundle: Where the workflow comes from; None where Airflow has forgotten.
        version: Of the bundle.
        task: The id of the task.
        map_index: Of the task; -1 where it is not mapped.
        attempt: From 1; 0 where it never ran.
        error: Its first line, where it is known already.
    """

    key: str
    kind: Kind
    at: float
    workflow: str
    run: str | None = None
    bundle: str | None = None
    version: str | None = None
    task: str | None = None
    map_index: int = -1
    attempt: int = 0
    error: str | None = None

    @classmethod
    def of_task(cls, row: Mapping[str, Any], kind: Kind) -> Self:
        """Return what a task instance of Airflow's API says.

        Its id is new after each retry and clearing (airflow/models/taskinstance.py 3.3, `prepare_db_for_next_try`).
        """
        version = row.get("dag_version") or {}
        return cls(
            key=f"task {row['id']} {row['end_date']}",
            kind=kind,
            at=seconds(row["end_date"]),
            workflow=row["dag_id"],
            run=row["dag_run_id"],
            bundle=version.get("bundle_name"),
            version=version.get("bundle_version"),
            task=row["task_id"],
            map_index=row["map_index"],
            attempt=row["try_number"],
        )

    @classmethod
    def of_run(cls, row: Mapping[str, Any], kind: Kind) -> Self:
        """Return what a run of Airflow's API says."""
        versions = row.get("dag_versions") or [{}]
        return cls(
            key=f"run {row['dag_id']} {row['dag_run_id']} {row['state']} {row['end_date']}",
            kind=kind,
            at=seconds(row["end_date"]),
            workflow=row["dag_id"],
            run=row["dag_run_id"],
            bundle=versions[-1].get("bundle_name"),
            version=row.get("bundle_version") or versions[-1].get("bundle_version"),
        )


def seconds(text: str | None) -> float:
    """Return a moment of Airflow's API in seconds since 1970; 0 for none."""
    return datetime.fromisoformat(text).timestamp() if text else 0.0
