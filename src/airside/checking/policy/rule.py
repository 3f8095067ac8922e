"""What a rule of `[policy]` is: a function from a workflow and the rule's settings to what is wrong."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from airside.release.description import TaskDescription, WorkflowDescription


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as the rule has it.

    Attributes:
        message: One sentence, which names the object.
        fix: The next step.
        task: The task that has it; None where the workflow does.
    """

    message: str
    fix: str
    task: TaskDescription | None = None


Demand = Callable[[WorkflowDescription, Any], Iterator[Fault]]
"""The settings are those that `airside.workspace.policy_rules` has for the rule."""


def duration(text: str) -> timedelta:
    """Return the time that a description writes as ``36:30:00``: hours, minutes, seconds."""
    hours, minutes, seconds = text.split(":")
    return timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds))


def listed(names: Iterable[str]) -> str:
    """Return names in quotes, for a sentence."""
    return ", ".join(repr(name) for name in names)


def runs_code(task: TaskDescription) -> bool:
    """Tell whether the task does something: Airflow never starts an `EmptyOperator`."""
    return task.operator != "EmptyOperator"
