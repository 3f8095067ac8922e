"""What a workflow finds when a test runs it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

LOGICAL_DATE: Final = datetime(2026, 1, 2, tzinfo=UTC)
"""What a run is for when the test does not say."""

TIMEOUT: Final = 30.0
"""Seconds of the wall clock that a run may take."""

Tier = Literal["fast", "real"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a human says to a task that asks (`airflow.providers.standard.operators.hitl`).

    Attributes:
        chosen: Options; one of those that the task offers.
        params: Values of the task's params.
        by: Who answers.
    """

    chosen: tuple[str, ...]
    params: Mapping[str, Any] = field(default_factory=dict)
    by: str = "test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """All that a run finds: plain values, which go to another process; stand-ins are resolved before.

    Attributes:
        dag_id: The workflow.
        logical_date: What the run is for; None: a run without one, as assets make them.
        data_interval: Its start and end; None: what the workflow's timetable says for a manual run.
        run_id: Its id; None: as Airflow names a manual run.
        conf: What the run was triggered with: `dag_run.conf`, which overrides params.
        connections: By id: fields of `airflow.sdk.Connection` (`conn_type`, `host`, `login`, `password`, `schema`,
            `port`, `extra` as a mapping) as a mapping, or a URI.
        variables: By key: texts, as Airflow's database has them.
        config: Values by the dotted name of a config and a key in it (`sales.orders.batch`), over what the files say.
        environment: Environment variables.
        serving: The environment whose layers of configs are read, `dev` or `preprod`; secrets of none are read.
        stub: By task id: the task does not run, it succeeds with that output, and a branch follows it. For a mapped
            task the list of outputs; `task_id[2]` is one instance of it.
        fail: By task id, or `task_id[2]`: the task's code does not run, it fails so: `ValueError: text`; its retries
            and callbacks follow as they would.
        events: By task id, or `task_id[2]`: what its trigger sends (`TriggerEvent.payload`) when it defers, without
            running the trigger; a list for one that defers more than once.
        answers: By task id, or `task_id[2]`: what a human says.
        xcoms: By task id: `return_value`s of tasks that ran before this run does (with `only`).
        asset_events: By the asset's name or URI: extras of the events that started the run.
        counts: By dag id, `dag_id.task_id` or `dag_id.task_group_id`: the state of another workflow's runs and tasks,
            for `ExternalTaskSensor` and the like: `success`, `failed`, `running`, …
        only: Task ids to run, without the rest of the workflow; empty: all.
        clock: Where the clock stands for the code of the tasks (it is frozen); None: now.
        timeout: Seconds of the wall clock, after which the run is ended from outside.
        network: Hosts that may be reached beside this machine's loopback; `*` is any.
        writable: Folders that may be written to beside the run's own.
        tier: `fast`: Airflow's task runner and our scheduling, no database; `real`: Airflow's scheduling on a database.
    """

    dag_id: str
    logical_date: datetime | None = LOGICAL_DATE
    data_interval: tuple[datetime, datetime] | None = None
    run_id: str | None = None
    conf: Mapping[str, Any] = field(default_factory=dict)
    connections: Mapping[str, Mapping[str, Any] | str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    serving: str = "dev"
    stub: Mapping[str, Any] = field(default_factory=dict)
    fail: Mapping[str, str] = field(default_factory=dict)
    events: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, Answer] = field(default_factory=dict)
    xcoms: Mapping[str, Any] = field(default_factory=dict)
    asset_events: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    counts: Mapping[str, str] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    clock: datetime | None = None
    timeout: float = TIMEOUT
    network: tuple[str, ...] = ()
    writable: tuple[Path, ...] = ()
    tier: Tier = "fast"
