"""Comparing what tasks did."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from airside.base.suggestions import suggestion
from airside.testing.expecting.comparing import LIKE, differences
from airside.testing.expecting.expected import TaskExpected
from airside.testing.expecting.mismatch import NOTHING, Mismatch, Words, below
from airside.testing.expecting.patterns import fits, fits_lines
from airside.testing.outcome import NOT_MAPPED, RunOutcome, TaskKey, TaskOutcome

_LAST_LINES: Final = 20


@dataclass(frozen=True, slots=True)
class Named:
    """What a key of `tasks` stands for.

    Attributes:
        task_id: The task.
        instances: Those that there were; none where it never came to be.
        as_whole: Whether it is a mapped task with all its instances.
    """

    task_id: str
    instances: tuple[TaskOutcome, ...]
    as_whole: bool


def task_of(name: str, outcome: RunOutcome) -> str:
    """Return the task id of `load` and of `load[2]`."""
    return name if name in outcome.task_ids else name.partition("[")[0]


def find(name: str, outcome: RunOutcome) -> Named | Mismatch:
    """Return what `name`, a key of `tasks`, stands for; a mismatch where there is no such task or instance."""
    task_id = task_of(name, outcome)
    if task_id not in outcome.task_ids:
        near = suggestion(task_id, outcome.task_ids)
        return Mismatch(below("tasks", name), Words("a task of this name"), Words(f"no such task{near}"))
    instances = tuple(task for task in outcome.tasks if task.key.task_id == task_id)
    if name == task_id:
        return Named(task_id, instances, any(task.key.map_index != NOT_MAPPED for task in instances))
    found = tuple(task for task in instances if str(task.key) == name)
    if not found:
        there = ", ".join(str(task.key) for task in instances) or NOTHING
        return Mismatch(below("tasks", name), Words("an instance of this name"), Words(there))
    return Named(task_id, found, as_whole=False)


def task_faults(name: str, expected: TaskExpected, outcome: RunOutcome) -> Iterator[Mismatch]:
    """Yield what one task did otherwise than expected."""
    named = find(name, outcome)
    if isinstance(named, Mismatch):
        yield named
        return
    path = below("tasks", name)
    instances = named.instances or (_never(named.task_id),)
    yield from _of_all(named, expected, path)
    yield from _log(instances, expected.logs, path)
    for task in instances:
        yield from _of_one(task, expected, below("tasks", str(task.key)))


def _of_all(named: Named, expected: TaskExpected, path: str) -> Iterator[Mismatch]:
    mapped = [task for task in named.instances if task.key.map_index != NOT_MAPPED]
    if expected.instances is not None and expected.instances != len(mapped):
        yield Mismatch(below(path, "instances"), expected.instances, len(mapped))
    if named.as_whole:
        output: Any = [task.output for task in mapped]
    else:
        output = named.instances[0].output if named.instances else None
    if expected.has("output"):
        yield from differences(expected.output, output, below(path, "output"))
    if expected.has("output_has"):
        yield from differences(expected.output_has, output, below(path, "output_has"), LIKE)


def _of_one(task: TaskOutcome, expected: TaskExpected, path: str) -> Iterator[Mismatch]:
    yield from _state(task, expected, path)
    if expected.error is not None and (task.error is None or not fits(expected.error, str(task.error))):
        yield Mismatch(below(path, "error"), expected.error, NOTHING if task.error is None else str(task.error))
    if expected.tries is not None and task.tries != expected.tries:
        yield Mismatch(below(path, "tries"), expected.tries, task.tries)
    for key, value in expected.xcoms.items():
        yield from differences(value, task.xcoms.get(key, NOTHING), below(below(path, "xcoms"), key))
    for key, value in expected.rendered.items():
        yield from differences(value, task.rendered.get(key, NOTHING), below(below(path, "rendered"), key), LIKE)
    yield from names_faults(expected.callbacks, task.tells, below(path, "callbacks"))
    yield from time_faults(expected.within, task.duration, below(path, "within"))


def _state(task: TaskOutcome, expected: TaskExpected, path: str) -> Iterator[Mismatch]:
    wanted = expected.state or ("failed" if expected.error is not None else None)
    came = task.state or "none"
    if wanted is not None and came != wanted:
        why = f" ({task.error})" if task.error is not None and came == "failed" else ""
        yield Mismatch(below(path, "state"), Words(wanted), Words(f"{came}{why}"))


def _log(instances: Sequence[TaskOutcome], patterns: Sequence[str], path: str) -> Iterator[Mismatch]:
    for index, pattern in enumerate(patterns):
        if not any(fits_lines(pattern, task.log) for task in instances):
            lines = [line for task in instances for line in task.log]
            count = f"{len(lines)} lines of log without it" if lines else "no log"
            yield Mismatch(below(below(path, "logs"), index), pattern, Words(count), tuple(lines[-_LAST_LINES:]))


def names_faults(expected: Sequence[str] | None, came: Sequence[str], path: str) -> Iterator[Mismatch]:
    """Yield a mismatch when the names are not the expected ones, in any order; None expects nothing."""
    if expected is not None and Counter(expected) != Counter(came):
        yield Mismatch(path, sorted(expected), sorted(came))


def time_faults(within: float | None, seconds: float, path: str) -> Iterator[Mismatch]:
    """Yield a mismatch when something took longer than expected; None expects nothing."""
    if within is not None and seconds > within:
        yield Mismatch(path, Words(f"at most {within:g} s"), Words(f"{seconds:.3f} s"))


def _never(task_id: str) -> TaskOutcome:
    return TaskOutcome(TaskKey(task_id), state=None, operator="")
