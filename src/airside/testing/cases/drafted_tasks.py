"""What a draft expects of tasks: what they did, as far as it will be so again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from airside.testing.cases.steady import ANYTHING, Steady, without_gaps
from airside.testing.expecting.comparing import is_same
from airside.testing.expecting.mismatch import NOTHING
from airside.testing.outcome import NOT_MAPPED, RunOutcome, TaskOutcome

_OF_AIRFLOW: Final = frozenset({"return_value", "skipmixin_key", "trigger_run_id"})
"""XComs that Airflow pushes itself; names of more of them begin with an underscore."""

_ARGUMENTS: Final = frozenset({"op_args", "op_kwargs", "templates_dict"})
"""Template fields of Python tasks: mostly the outputs of tasks above."""


@dataclass(frozen=True, slots=True)
class DraftedTask:
    """One entry of `tasks`.

    Attributes:
        name: `load`, or `load[2]`.
        expect: What is expected of it.
        gaps: Paths of what is left out, as it differs from run to run or is secret.
    """

    name: str
    expect: Mapping[str, Any]
    gaps: tuple[str, ...]


def drafted_tasks(outcome: RunOutcome, again: RunOutcome | None, steady: Steady) -> list[DraftedTask]:
    """Return an entry for each task of which there was an instance, in the order of the workflow."""
    drafted = []
    for task_id in outcome.task_ids:
        instances = [task for task in outcome.tasks if task.key.task_id == task_id]
        others = {task.key: task for task in again.tasks} if again is not None else {}
        if any(task.key.map_index != NOT_MAPPED for task in instances):
            drafted += _mapped(task_id, instances, [others.get(task.key) for task in instances], steady)
        elif instances:
            drafted.append(_plain(instances[0], others.get(instances[0].key), steady))
    return drafted


def _plain(task: TaskOutcome, again: TaskOutcome | None, steady: Steady) -> DraftedTask:
    gaps: list[str] = []
    expect: dict[str, Any] = {"state": task.state or "none"}
    if not task.stubbed:
        if task.output is not None:
            expect |= _output(task.output, NOTHING if again is None else again.output, steady, gaps)
        expect |= _xcoms(task, again, steady)
        expect |= _rendered(task, again, steady)
        expect |= {"tries": task.tries} if task.tries > 1 else {}
        expect |= {"callbacks": list(task.tells)} if task.tells else {}
    expect |= _error(task, steady)
    return DraftedTask(str(task.key), expect, tuple(gaps))


def _mapped(
    task_id: str, instances: Sequence[TaskOutcome], others: Sequence[TaskOutcome | None], steady: Steady
) -> list[DraftedTask]:
    gaps: list[str] = []
    outputs = [task.output for task in instances]
    again = [None if task is None else task.output for task in others]
    expect: dict[str, Any] = {"instances": len(instances)}
    if any(output is not None for output in outputs) and not any(task.stubbed for task in instances):
        expect |= _output(outputs, NOTHING if None in others else again, steady, gaps)
    states = {task.state for task in instances}
    if len(states) == 1:
        expect = {"state": states.pop() or "none", **expect, **_error(instances[0], steady)}
        return [DraftedTask(task_id, expect, tuple(gaps))]
    each = [
        DraftedTask(str(task.key), {"state": task.state or "none", **_error(task, steady)}, ()) for task in instances
    ]
    return [DraftedTask(task_id, expect, tuple(gaps)), *each]


def _output(came: Any, again: Any, steady: Steady, gaps: list[str]) -> dict[str, Any]:
    steadied = steady.value(came, again)
    if is_same(steadied, came):
        return {"output": steadied}
    kept = without_gaps(steadied, "output", gaps)
    if kept == ANYTHING:
        gaps.append("output")
        return {}
    return {"output_has": kept}


def _xcoms(task: TaskOutcome, again: TaskOutcome | None, steady: Steady) -> dict[str, Any]:
    kept = {}
    for key, value in task.xcoms.items():
        other = NOTHING if again is None else again.xcoms.get(key, NOTHING)
        if key not in _OF_AIRFLOW and not key.startswith("_") and is_same(steady.value(value, other), value):
            kept[key] = steady.value(value)
    return {"xcoms": kept} if kept else {}


def _rendered(task: TaskOutcome, again: TaskOutcome | None, steady: Steady) -> dict[str, Any]:
    kept = {}
    for name, value in task.rendered.items():
        other = NOTHING if again is None else again.rendered.get(name, NOTHING)
        if name not in _ARGUMENTS and value not in (None, "", [], {}, ()):
            steadied = without_gaps(steady.value(value, other), name, [])
            if steadied not in (ANYTHING, {}):
                kept[name] = steadied
    return {"rendered": kept} if kept else {}


def _error(task: TaskOutcome, steady: Steady) -> dict[str, Any]:
    if task.error is None or task.state != "failed":
        return {}
    first, *more = str(task.error).splitlines() or [""]
    return {"error": steady.text(first) + (ANYTHING if more else "")}
