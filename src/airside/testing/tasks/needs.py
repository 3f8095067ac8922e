"""What a workflow asks for: connections, variables, configs; who, and in which line."""

import sys
from typing import Any

from airside.testing.outcome import Need, NeedKind, TaskKey
from airside.testing.tasks.places import Places

_Asked = tuple[NeedKind, str, str | None]


class Needs:
    """Records what was asked for: the first time of each task."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._needs: dict[_Asked, Need] = {}
        self.asking: TaskKey | None = None
        """The task instance that runs; None: the DAG file is read."""

    def record(self, kind: NeedKind, name: str, *, is_given: bool) -> None:
        """Note that the code that runs now has asked for something."""
        task_id = self.asking.task_id if self.asking is not None else None
        asked = (kind, name, task_id)
        if asked not in self._needs:
            file, line = self._places.of_frames(sys._getframe(1)) or (None, None)  # noqa: SLF001 - documented
            self._needs[asked] = Need(kind, name, is_given=is_given, task_id=task_id, file=file, line=line)

    def all(self, dag: Any) -> tuple[Need, ...]:
        """Return them, in the order in which they were asked for; one of an operator has the line of its task."""
        return tuple(need if need.file is not None else self._placed(need, dag) for need in self._needs.values())

    def _placed(self, need: Need, dag: Any) -> Need:
        if need.task_id is None or (place := self._places.of_task(dag, need.task_id, need.name)) is None:
            return need
        return Need(need.kind, need.name, need.is_given, need.task_id, *place)
