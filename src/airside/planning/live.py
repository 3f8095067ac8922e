"""What a running Airflow says of the workflows of an environment, as values. Whoever asks it makes them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from airside.inspection.facts import AutomatedRun


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownWorkflow:
    """A workflow that Airflow has a record of, served or not.

    Attributes:
        paused: Whether its runs are held back.
        stale: No file defines it any more; its history is still there.
        partitioned: Whether its schedule makes partitions.
    """

    paused: bool
    stale: bool = False
    partitioned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveRun:
    """A run that is queued or runs.

    Attributes:
        workflow: The id of its workflow.
        run: Its id.
        state: ``queued`` or ``running``.
        tree: The tree that it is pinned to; None for a run of a bundle without versions.
        started_at: RFC 3339 in UTC; None while it is queued.
        backfill: Somebody asked for it as part of a backfill: it takes no place of a scheduled one.
    """

    workflow: str
    run: str
    state: str
    tree: str | None = None
    started_at: str | None = None
    backfill: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveTask:
    """A task of such a run that is queued, runs or is deferred."""

    workflow: str
    run: str
    task: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveState:
    """What Airflow answered.

    Attributes:
        workflows: Those that were asked for and that it knows, by id.
        runs: Runs in flight of all workflows that were named.
        tasks: Their tasks in flight, of the workflows that were asked for.
        last: The last automated runs, by workflow; None for a workflow that never had one. One that was not asked for
            is not in it.
        history: How many runs there are of a workflow, by id.
        paused_at_creation: Airflow's setting for new workflows; None where it does not tell.
    """

    workflows: Mapping[str, KnownWorkflow] = field(default_factory=lambda: MappingProxyType({}))
    runs: tuple[LiveRun, ...] = ()
    tasks: tuple[LiveTask, ...] = ()
    last: Mapping[str, AutomatedRun | None] = field(default_factory=lambda: MappingProxyType({}))
    history: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    paused_at_creation: bool | None = None
