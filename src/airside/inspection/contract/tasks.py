"""The arguments of a task, whether it is expanded when it runs or not."""

import inspect
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final

from airside.inspection.contract.objects import Anything, Task

_ELSEWHERE: Final = frozenset({"_BasePythonVirtualenvOperator", "DockerOperator", "KubernetesPodOperator"})
"""Classes that run the function of a task in another Python."""


def values_of(task: Task) -> dict[str, Anything]:
    """Return the arguments of a task by name; of an expanded argument a list of its values, if they are known."""
    if not task.is_mapped:
        return dict(vars(task))
    values: dict[str, Anything] = dict(task.partial_kwargs)
    values.update(_expanded(task))
    return values


def written_by_author(task: Task, name: str) -> bool:
    """Say whether the argument was given, and is not the default of the operator."""
    given = task.partial_kwargs if task.is_mapped else getattr(task, "_BaseOperator__init_kwargs", {})
    return name in given or (task.is_mapped and name in dict(_expanded(task)))


def base_names(task: Task) -> frozenset[str]:
    """Return the names of the task's class and of all that it inherits from."""
    cls: Anything = task.operator_class if task.is_mapped else type(task)
    return _base_names(cls)


def runs_elsewhere(task: Task) -> bool:
    """Say whether the task's function is run in another Python, with other packages."""
    return not base_names(task).isdisjoint(_ELSEWHERE)


def runs_nothing(task: Task) -> bool:
    """Say whether the task's function stands for one that is somewhere else (`@task.stub`)."""
    return "_StubOperator" in base_names(task)


def expanded_arguments(task: Task) -> Mapping[str, Anything] | None:
    """Return the arguments of the function that a TaskFlow task is expanded over; None where they are not known."""
    value = getattr(getattr(task, "op_kwargs_expand_input", None), "value", None)
    return value if isinstance(value, Mapping) else None


def _expanded(task: Task) -> Iterator[tuple[str, Anything]]:
    value = task.expand_input.value
    if isinstance(value, Mapping):
        yield from value.items()
    elif isinstance(value, list | tuple):
        rows = [row for row in value if isinstance(row, Mapping)]
        for name in dict.fromkeys(name for row in rows for name in row):
            yield name, [row[name] for row in rows if name in row]
    inner = expanded_arguments(task)
    if inner is not None:
        yield "op_kwargs", {**task.partial_kwargs.get("op_kwargs", {}), **inner}
    if hasattr(task, "python_callable"):
        # A TaskFlow task keeps it beside its arguments.
        yield "python_callable", task.python_callable


@lru_cache(maxsize=256)
def _base_names(cls: Anything) -> frozenset[str]:
    return frozenset(base.__name__ for base in inspect.getmro(cls))
