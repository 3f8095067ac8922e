"""Which of the things that go come back under another name.

Only what leaves no doubt counts: a guess would tell a story that is not true. To Airflow both are new either way.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from typing import Final, TypeVar

from airside.release.description import TaskDescription, WorkflowDescription

ENOUGH: Final = 0.6
"""The share of task ids, of all of both, that a workflow of the same file keeps when it is renamed."""

T = TypeVar("T")


def renamed_tasks(gone: Iterable[TaskDescription], new: Iterable[TaskDescription]) -> dict[str, str]:
    """Return the new id of each task that does the same thing under another one, by its old id."""
    pairs = _only_pairs(
        [(_work(task), task.id) for task in gone if task.fingerprint],
        [(_work(task), task.id) for task in new if task.fingerprint],
    )
    return dict(pairs)


def renamed_workflows(gone: Iterable[WorkflowDescription], new: Iterable[WorkflowDescription]) -> dict[str, str]:
    """Return the new id of each workflow that is the same one under another id, by its old id.

    It is one of the same file that keeps most of its tasks, or one of another file that keeps all of them as they are.
    """
    gone, new = list(gone), list(new)
    found = _of_the_same_file(gone, new)
    rest = [workflow for workflow in gone if workflow.id not in found]
    taken = set(found.values())
    free = [workflow for workflow in new if workflow.id not in taken]
    pairs = _only_pairs(
        [(_works(workflow), workflow.id) for workflow in rest if _is_known(workflow)],
        [(_works(workflow), workflow.id) for workflow in free if _is_known(workflow)],
    )
    return found | dict(pairs)


def _of_the_same_file(gone: list[WorkflowDescription], new: list[WorkflowDescription]) -> dict[str, str]:
    by_file: Mapping[str, list[WorkflowDescription]] = defaultdict(list)
    for workflow in new:
        by_file[workflow.file].append(workflow)
    forth = {workflow.id: _similar(workflow, by_file.get(workflow.file, [])) for workflow in gone}
    back: Mapping[str, list[str]] = defaultdict(list)
    for old, candidates in forth.items():
        for candidate in candidates:
            back[candidate].append(old)
    only = {old: candidates[0] for old, candidates in forth.items() if len(candidates) == 1}
    return {old: candidate for old, candidate in only.items() if len(back[candidate]) == 1}


def _similar(workflow: WorkflowDescription, others: Iterable[WorkflowDescription]) -> list[str]:
    return [other.id for other in others if _overlap(workflow, other) >= ENOUGH]


def _overlap(one: WorkflowDescription, other: WorkflowDescription) -> float:
    mine, theirs = {task.id for task in one.tasks}, {task.id for task in other.tasks}
    return len(mine & theirs) / len(mine | theirs) if mine and theirs else 0.0


def _only_pairs(gone: Iterable[tuple[Hashable, T]], new: Iterable[tuple[Hashable, T]]) -> list[tuple[T, T]]:
    """Return what has the same key on both sides and shares it with nothing else."""
    before, after = _grouped(gone), _grouped(new)
    shared = [(same, after.get(key, [])) for key, same in before.items()]
    return [(same[0], others[0]) for same, others in shared if len(same) == 1 and len(others) == 1]


def _grouped(items: Iterable[tuple[Hashable, T]]) -> dict[Hashable, list[T]]:
    groups: dict[Hashable, list[T]] = defaultdict(list)
    for key, item in items:
        groups[key].append(item)
    return groups


def _work(task: TaskDescription) -> Hashable:
    return (task.operator, task.module, task.fingerprint)


def _works(workflow: WorkflowDescription) -> Hashable:
    return tuple((task.id, task.upstream, _work(task)) for task in workflow.tasks)


def _is_known(workflow: WorkflowDescription) -> bool:
    return bool(workflow.tasks) and all(task.fingerprint for task in workflow.tasks)
