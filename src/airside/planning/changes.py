"""What differs between the workflows of two releases, as values: only what differs, never both sides."""

from dataclasses import dataclass

from airside.release.description import Need, TaskDescription, WorkflowDescription

Value = str | int | bool | tuple[str, ...] | None
"""What an attribute of a workflow or of a task can be."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """An attribute that differs. It is there on both sides; None is one of its values.

    Attributes:
        name: Of the attribute.
        before: As it is.
        after: As it will be.
    """

    name: str
    before: Value
    after: Value


@dataclass(frozen=True, slots=True)
class ParamChange:
    """A parameter whose JSON differs.

    Attributes:
        name: Of the parameter.
        before: As it is; None where it is not there.
        after: As it will be; None where it is not there.
    """

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class NeedChange:
    """Something needed that comes (`before` is None), that goes (`after` is None), or that is needed in another way."""

    before: Need | None
    after: Need | None


@dataclass(frozen=True, slots=True)
class TaskChange:
    """A task that stays and differs.

    Attributes:
        id: As it will be.
        was: The id that it had, where that differs.
        fields: What differs, in the order of `TaskDescription`. An upstream task under a new id is no difference.
    """

    id: str
    was: str | None = None
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowChange:
    """A workflow that stays and differs.

    Attributes:
        id: As it will be.
        was: The id that it had, where that differs. To Airflow it is another workflow then, without a history.
        fields: What differs, in the order of `WorkflowDescription`; `file` is one of them.
        params: By name.
        tasks_added: By id.
        tasks_removed: By id.
        tasks_changed: By id.
        needs: By kind and name.
    """

    id: str
    was: str | None = None
    fields: tuple[FieldChange, ...] = ()
    params: tuple[ParamChange, ...] = ()
    tasks_added: tuple[TaskDescription, ...] = ()
    tasks_removed: tuple[TaskDescription, ...] = ()
    tasks_changed: tuple[TaskChange, ...] = ()
    needs: tuple[NeedChange, ...] = ()

    def field(self, name: str) -> FieldChange | None:
        """Return how the attribute `name` differs; None where it does not."""
        return next((change for change in self.fields if change.name == name), None)

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return self == WorkflowChange(id=self.id)


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between the workflows of two releases.

    Attributes:
        added: Workflows that come, by id.
        removed: Workflows that go, by id.
        changed: Workflows that stay and differ, the renamed among them, by id.
    """

    added: tuple[WorkflowDescription, ...] = ()
    removed: tuple[WorkflowDescription, ...] = ()
    changed: tuple[WorkflowChange, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return self == Changes()

    @property
    def renamed(self) -> tuple[WorkflowChange, ...]:
        """Those that come back under another id."""
        return tuple(change for change in self.changed if change.was is not None)

    @property
    def moved(self) -> tuple[WorkflowChange, ...]:
        """Those of the same id that another file defines."""
        return tuple(change for change in self.changed if change.was is None and change.field("file"))
