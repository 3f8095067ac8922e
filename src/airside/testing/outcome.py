"""What came of a run: plain values, which come from the process that it ran in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

NOT_MAPPED: Final = -1
"""The map index of a task that is not mapped, as in Airflow."""

State = Literal["success", "failed", "upstream_failed", "skipped", "removed"]
"""Where a task ends (`airflow.sdk.api.datamodels._generated.TerminalTIState`, and what the scheduler sets)."""

RunState = Literal["success", "failed"]
NeedKind = Literal["connection", "variable", "config"]


@dataclass(frozen=True, slots=True, order=True)
class TaskKey:
    """One instance of a task in a run.

    Attributes:
        task_id: With the ids of its groups.
        map_index: From 0 on, or `NOT_MAPPED`.
    """

    task_id: str
    map_index: int = NOT_MAPPED

    def __str__(self) -> str:
        return self.task_id if self.map_index == NOT_MAPPED else f"{self.task_id}[{self.map_index}]"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why something failed.

    Attributes:
        type: The name of the exception's class.
        message: Its text.
        traceback: As Python prints it, without the frames of Airflow and of the engine.
        file: Where in the workspace it came from: a path relative to its root, or absolute.
        line: The line there, from 1.
    """

    type: str
    message: str
    traceback: str = ""
    file: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.type}: {self.message}" if self.message else self.type


@dataclass(frozen=True, slots=True)
class TaskOutcome:
    """What one task instance did.

    Attributes:
        key: Which one.
        state: Where it ended; None: the run ended before it did.
        operator: The name of its class.
        tries: How often it was started; 0: never.
        order: Its place among the starts of the run, from 0; None: it never started.
        started: Seconds after the run's start.
        duration: Seconds, of all tries.
        output: Its `return_value`, as a task below gets it.
        xcoms: All that it pushed, by key, its `return_value` included.
        rendered: Its template fields, rendered, as Airflow's UI shows them.
        error: Of its last try.
        log: What it logged and printed, in lines, all tries.
        tells: Alerts and callbacks that ran for it: the names of the callables.
        stubbed: It did not run: its outcome was given.
    """

    key: TaskKey
    state: State | None
    operator: str
    tries: int = 0
    order: int | None = None
    started: float | None = None
    duration: float = 0.0
    output: Any = None
    xcoms: Mapping[str, Any] = field(default_factory=dict)
    rendered: Mapping[str, Any] = field(default_factory=dict)
    error: Failure | None = None
    log: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()
    stubbed: bool = False


@dataclass(frozen=True, slots=True)
class Need:
    """Something that the workflow asked for.

    Attributes:
        kind: What it is.
        name: Its id, key, or dotted name.
        is_given: Whether the test gave it.
        task_id: Who asked; None: the DAG file, when it was read.
        file: The line of the workspace that asked: a path relative to its root.
        line: From 1.
    """

    kind: NeedKind
    name: str
    is_given: bool
    task_id: str | None = None
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class AssetEvent:
    """An asset that a task said to have changed."""

    name: str
    uri: str
    task: TaskKey
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trigger:
    """A run of another workflow that a task triggered."""

    dag_id: str
    task: TaskKey
    run_id: str = ""
    conf: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What a run did.

    Attributes:
        dag_id: The workflow.
        run_id: The run.
        state: None: it was ended from outside, or never began; `error` says why.
        tasks: All its task instances, in the order of the DAG; started ones know their place.
        task_ids: All tasks of the workflow, also those of which there was no instance.
        edges: Pairs of task ids, upstream first.
        needs: What was asked for, each once.
        asset_events: In order.
        triggered: In order.
        tells: Callbacks of the DAG that ran.
        error: Why there is no outcome: the DAG file does not import, the time is over, the process was gone.
        duration: Seconds from the start of the first task to the end of the last.
    """

    dag_id: str
    run_id: str
    state: RunState | None
    tasks: tuple[TaskOutcome, ...] = ()
    task_ids: tuple[str, ...] = ()
    edges: tuple[tuple[str, str], ...] = ()
    needs: tuple[Need, ...] = ()
    asset_events: tuple[AssetEvent, ...] = ()
    triggered: tuple[Trigger, ...] = ()
    tells: tuple[str, ...] = ()
    error: Failure | None = None
    duration: float = 0.0
