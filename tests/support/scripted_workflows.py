"""Workflows whose tasks end as a script says, to compare how they are scheduled."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec
from airflow.sdk import DAG, BaseOperator, TaskGroup
from airflow.sdk.definitions._internal.expandinput import DictOfListsExpandInput
from airflow.sdk.definitions.taskgroup import MappedTaskGroup

DATE = datetime(2026, 1, 2, tzinfo=UTC)

Over = int | list[str]
"""What is expanded over: a literal of that length; `["task", id]`; `["map", id]`, `["zip", …]`, `["fill", …]`,
`["concat", …]` of ids."""


class TaskSpec(msgspec.Struct, kw_only=True):
    """A task and its script.

    Attributes:
        ends: For each map index, in turn, where its tries end.
        length: How long the list is that it returns; None: it returns a number.
        follows: For a branch: what it chooses.
        begins: Its own start date.
    """

    id: str
    upstream: list[str] = []
    rule: str = "all_success"
    kind: Literal["work", "setup", "teardown", "branch"] = "work"
    fails_the_run: bool = False
    group: str | None = None
    over: Over | None = None
    weight: int = 1
    ends: list[list[str]] = msgspec.field(default_factory=lambda: [["success"]])
    length: int | None = None
    follows: list[str] = []
    begins: datetime | None = None


class GroupSpec(msgspec.Struct, kw_only=True):
    id: str
    parent: str | None = None
    over: Over | None = None


class WorkflowSpec(msgspec.Struct, kw_only=True):
    tasks: list[TaskSpec]
    groups: list[GroupSpec] = []


class Judgement(msgspec.Struct, kw_only=True):
    """What came of a run."""

    state: str | None
    instances: dict[str, str | None]
    order: list[str]


class Effect(msgspec.Struct, kw_only=True):
    """What one attempt does."""

    state: str
    value: Any = None
    choice: dict[str, list[str]] | None = None
    skips: list[str] = []


class Scripted(BaseOperator):  # type: ignore[misc]
    def __init__(self, *, x: object = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.x = x


class Choosing(Scripted):
    inherits_from_skipmixin = True


def effect_of(task: TaskSpec, below: Mapping[str, Any], map_index: int, try_number: int) -> Effect:
    """Return what the n-th try of an instance does; a branch does what `SkipMixin.skip_all_except` would."""
    tries = task.ends[max(map_index, 0) % len(task.ends)]
    state = tries[min(try_number, len(tries)) - 1]
    if state != "success":
        return Effect(state=state)
    if task.kind == "branch":
        followed = sorted(set(task.follows) & set(below))
        skips = sorted(set(below) - set(followed)) if map_index == -1 else []
        return Effect(state=state, choice={"followed": followed}, skips=skips)
    return Effect(state=state, value=map_index if task.length is None else list(range(task.length)))


def build(spec: WorkflowSpec) -> DAG:
    """Make the workflow."""
    dag = DAG("scripted", schedule=None, start_date=datetime(2025, 1, 1, tzinfo=UTC))
    groups: dict[str, TaskGroup] = {}
    tasks: dict[str, Any] = {}
    for task in spec.tasks:
        group = _group(spec, task.group, groups, tasks, dag)
        tasks[task.id] = _task(task, group, tasks, dag)
        for above in task.upstream:
            tasks[above] >> tasks[task.id]
    for task in spec.tasks:
        _mark(task, tasks)
    for group in groups.values():
        if isinstance(group, MappedTaskGroup):
            for operator, _ in group._expand_input.iter_references():
                group.set_upstream(operator)
    return dag


def _mark(task: TaskSpec, tasks: Mapping[str, Any]) -> None:
    if task.kind == "setup":
        tasks[task.id].as_setup()
    if task.kind == "teardown":
        tasks[task.id].as_teardown(on_failure_fail_dagrun=task.fails_the_run)


def _task(task: TaskSpec, group: TaskGroup, tasks: Mapping[str, Any], dag: DAG) -> Any:  # noqa: ANN401 - mapped or not
    kind = Choosing if task.kind == "branch" else Scripted
    options: dict[str, Any] = {
        "task_id": task.id,
        "dag": dag,
        "task_group": group,
        "trigger_rule": task.rule,
        "priority_weight": task.weight,
        "start_date": task.begins,
        "retries": 3,
        "retry_delay": timedelta(0),
    }
    if task.over is None:
        return kind(**options)
    return kind.partial(**options).expand(x=_over(task.over, tasks))


def _group(
    spec: WorkflowSpec, group_id: str | None, groups: dict[str, TaskGroup], tasks: Mapping[str, Any], dag: DAG
) -> TaskGroup:
    if group_id is None:
        return dag.task_group
    if group_id not in groups:
        group = next(group for group in spec.groups if group.id == group_id)
        options: dict[str, Any] = {
            "group_id": group_id,
            "dag": dag,
            "prefix_group_id": False,
            "parent_group": _group(spec, group.parent, groups, tasks, dag),
        }
        if group.over is None:
            groups[group_id] = TaskGroup(**options)
        else:
            source = DictOfListsExpandInput({"x": _over(group.over, tasks)})
            groups[group_id] = MappedTaskGroup(expand_input=source, **options)
    return groups[group_id]


def _over(over: Over, tasks: Mapping[str, Any]) -> Any:  # noqa: ANN401 - an argument of `expand`
    if isinstance(over, int):
        return list(range(over))
    kind, first, *rest = over
    arg = tasks[first].output
    others = [tasks[task_id].output for task_id in rest]
    match kind:
        case "map":
            return arg.map(lambda item: item)
        case "zip":
            return arg.zip(*others)
        case "fill":
            return arg.zip(*others, fillvalue=0)
        case "concat":
            return arg.concat(*others)
        case _:
            return arg
