"""How many instances a mapped task has, and which of them belong together.

Like `airflow.models.expandinput`, `airflow.serialization.definitions.xcom_arg.get_task_map_length`,
`airflow.serialization.definitions.mappedoperator.get_mapped_ti_count` and
`airflow.models.taskinstance._get_relevant_map_indexes` (3.3.2), in memory.
"""

from collections.abc import Sized
from math import prod
from typing import Any, Final

from airflow.sdk.definitions.xcom_arg import ConcatXComArg, MapXComArg, PlainXComArg, ZipXComArg
from airflow.sdk.types import NOTSET

from airside.testing.engine.attempt import Outputs
from airside.testing.engine.graph import Graph, Node
from airside.testing.engine.roster import FINISHED, Roster
from airside.testing.outcome import NOT_MAPPED, TaskKey

RETURN_VALUE: Final = "return_value"

Relevant = int | range | None
"""Map indexes of a task above that an instance depends on; None: all."""


class Lengths:
    """Lengths as far as they are known; what depends on a task that has not ended is not."""

    def __init__(self, graph: Graph, roster: Roster, outputs: Outputs) -> None:
        self._graph = graph
        self._roster = roster
        self._outputs = outputs
        self._pushed: dict[str, int] = {}

    def learn(self, task_id: str) -> None:
        """Note how long the output of a task is that has ended well, when something is expanded over it."""
        if task_id in self._graph.sources:
            value = self._outputs.of(TaskKey(task_id)).get(RETURN_VALUE)
            if isinstance(value, Sized):
                self._pushed[task_id] = len(value)

    def of_task(self, node: Node) -> int | None:
        """Return how many instances a task has that needs expansion; None: that is not known yet."""
        own = self._of_source(node.source) if node.is_mapped else 1
        around = self._of_group(node.groups[0]) if node.groups else 1
        return None if own is None or around is None else own * around

    def relevant(self, node: Node, map_index: int, above: Node) -> Relevant:
        """Return the map indexes of `above` that the instance `map_index` of `node` depends on."""
        length = self.of_task(node) if node.needs_expansion else None
        common = next((group for group in above.groups if group in node.groups), None)
        if not length or common is None:
            return None
        common_length = self._of_group(common) or 1
        common_index = map_index * common_length // length
        if not self._is_expanded_further(above, common):
            return common_index
        further = length // common_length
        return range(common_index * further, (common_index + 1) * further)

    def _is_expanded_further(self, node: Node, common: str) -> bool:
        return node.is_mapped or node.groups.index(common) > 0

    def _of_group(self, group_id: str) -> int | None:
        lengths = [self._of_source(self._graph.groups[group].source) for group in self._graph.groups[group_id].around]
        return _product(lengths)

    def _of_source(self, source: Any) -> int | None:
        """Return the length of an expand input: of `expand()`, a mapping of lists; of `expand_kwargs()`, a list."""
        if isinstance(source.value, dict):
            return _product([self._of_value(value) for value in source.value.values()]) if source.value else 0
        return self._of_value(source.value)

    def _of_value(self, value: Any) -> int | None:
        match value:
            case PlainXComArg():
                return self._of_output(value)
            case MapXComArg():
                return self._of_value(value.arg)
            case ConcatXComArg() | ZipXComArg():
                return self._of_several(value)
            case _:
                return len(value)

    def _of_several(self, value: ConcatXComArg | ZipXComArg) -> int | None:
        lengths = [length for arg in value.args if (length := self._of_value(arg)) is not None]
        if len(lengths) < len(value.args):
            return None
        if isinstance(value, ConcatXComArg):
            return sum(lengths)
        return min(lengths) if value.fillvalue is NOTSET else max(lengths)

    def _of_output(self, arg: PlainXComArg) -> int | None:
        task_id = arg.operator.task_id
        if not arg.operator.is_mapped:
            return self._pushed.get(task_id)
        instances = self._roster.of(task_id)
        if not all(state in FINISHED for state in instances.values()):
            return None
        indexes = (index for index in instances if index != NOT_MAPPED)
        return sum(RETURN_VALUE in self._outputs.of(TaskKey(task_id, index)) for index in indexes)


def _product(lengths: list[int | None]) -> int | None:
    known = [length for length in lengths if length is not None]
    return prod(known) if len(known) == len(lengths) else None
