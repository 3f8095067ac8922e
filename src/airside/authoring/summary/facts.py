"""What is known of a run when its last task begins: plain values, asked from Airflow by `gathering`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from airside.authoring.summary.reported import Number, Report

FAILED: Final = frozenset({"failed", "upstream_failed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One finished instance of a task.

    Attributes:
        task: The id of the task.
        map_index: Which instance of a mapped task; -1 for the one of any other.
        state: Airflow's word: ``success``, ``failed``, ``skipped``, ``upstream_failed`` or ``removed``.
        duration: Of its last try, in seconds; None where it never ran.
        tries: How many there were; None where that is not known.
        error: The first line of what ended it; None where nothing did, or its log is not on this machine.
    """

    task: str
    map_index: int = -1
    state: str
    duration: float | None = None
    tries: int | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the code of a run came from; None for each thing that is not known here.

    Attributes:
        environment: Which one serves it.
        tree: Its version.
        release: The release that brought it.
        commit: Of that release.
        author: Of the commit.
    """

    environment: str | None = None
    tree: str | None = None
    release: str | None = None
    commit: str | None = None
    author: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A run.

    Attributes:
        workflow: The DAG id.
        run: The run id.
        started_at: When the run began; None where Airflow does not say.
        now: The time.
        origin: Where its code came from.
        order: All tasks, those first that run first.
        deciding: The tasks whose states decide that of the run.
        instances: The instances that are finished.
        reports: What each task reported, of all its instances.
        earlier: The figures of earlier runs by task, the newest first.
    """

    workflow: str
    run: str
    started_at: datetime | None
    now: datetime
    origin: Origin
    order: tuple[str, ...]
    deciding: frozenset[str]
    instances: tuple[Instance, ...]
    reports: Mapping[str, Report]
    earlier: tuple[dict[str, dict[str, Number]], ...] = ()
