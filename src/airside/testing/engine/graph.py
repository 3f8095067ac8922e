"""The workflow as its scheduling sees it: what each task waits for, worked out once for a run."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from airflow.sdk.exceptions import AirflowDagCycleException

_FAST_RULES: Final = frozenset({"one_success", "one_failed", "one_done", "none_failed_min_one_success"})


@dataclass(frozen=True, slots=True)
class MappedGroup:
    """A mapped task group.

    Attributes:
        group_id: With the ids of the groups around it.
        source: What it is expanded over: an expand input of Airflow's SDK.
        around: It and the mapped groups around it, the innermost first.
    """

    group_id: str
    source: Any
    around: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A task.

    Attributes:
        task: Of Airflow's SDK; a `MappedOperator` when `source` is there.
        rule: Its trigger rule.
        upstream: Tasks directly above it.
        groups: Mapped task groups that it is in, the innermost first.
        source: What it is expanded over, itself; None: it is not mapped.
        setups: Setups further up that it needs, without those directly above.
        scope: For a teardown: tasks between its setups and it that are not directly above it.
        deciders: Tasks directly above it that may tell it to skip.
        fed_by: Tasks whose output its own expansion, or that of its innermost mapped group, is made of.
        grown_from: Tasks whose output any expansion around it is made of.
    """

    task: Any
    rule: str
    upstream: tuple[str, ...]
    groups: tuple[str, ...]
    source: Any
    setups: tuple[str, ...]
    scope: tuple[str, ...]
    deciders: tuple[str, ...]
    fed_by: frozenset[str]
    grown_from: frozenset[str]

    @property
    def task_id(self) -> str:
        """Its id, as the workflow has it: it may be a member of an enum, which is another key than its text."""
        return self.task.task_id  # type: ignore[no-any-return]

    @property
    def is_mapped(self) -> bool:
        """Whether it is expanded itself; not whether it is in a group that is."""
        return self.source is not None

    @property
    def needs_expansion(self) -> bool:
        """Whether its instances have map indexes."""
        return self.is_mapped or bool(self.groups)

    @property
    def is_fast(self) -> bool:
        """Whether its rule can be met before all above it have ended."""
        return self.rule in _FAST_RULES


class Graph:
    """The tasks of a run and the mapped groups around them.

    Args:
        dag: Of Airflow's SDK.
        task_ids: Those that are in the run; what they need of others counts as done.
    """

    def __init__(self, dag: Any, task_ids: Collection[str]) -> None:
        self.dag = dag
        self._has_setups = any(task.is_setup or task.is_teardown for task in dag.tasks)
        self.groups: Mapping[str, MappedGroup] = dict(_mapped_groups(dag))
        self._inside = frozenset(task_ids)
        self.nodes: Mapping[str, Node] = {task_id: self._node(dag.task_dict[task_id]) for task_id in task_ids}

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The place of each task in the topological order of the workflow."""
        try:
            tasks = self.dag.topological_sort()
        except AirflowDagCycleException:
            # It sorts groups as wholes. Two that wait for tasks of each other are no cycle of tasks, and run.
            tasks = self.dag.tasks
        return {task.task_id: place for place, task in enumerate(tasks)}

    @cached_property
    def watchers(self) -> Mapping[str, frozenset[str]]:
        """By task id: the tasks for which it matters where that one is, itself among them."""
        watchers: dict[str, set[str]] = {}
        for node in self.nodes.values():
            for task_id in {node.task_id, *node.upstream, *node.setups, *node.scope, *node.fed_by, *node.grown_from}:
                watchers.setdefault(task_id, set()).add(node.task_id)
        return {task_id: frozenset(watching) for task_id, watching in watchers.items()}

    @cached_property
    def sources(self) -> frozenset[str]:
        """Tasks whose output something is expanded over."""
        return frozenset().union(*(node.grown_from for node in self.nodes.values()))

    def _node(self, task: Any) -> Node:
        groups = tuple(group.group_id for group in task.iter_mapped_task_groups())
        source = task._get_specified_expand_input() if task.is_mapped else None  # noqa: SLF001 - as its scheduler does
        inner = source if task.is_mapped else self.groups[groups[0]].source if groups else None
        return Node(
            task=task,
            rule=str(getattr(task.trigger_rule, "value", task.trigger_rule)),
            upstream=self._within(task.upstream_task_ids),
            groups=groups,
            source=source,
            setups=self._within(self._setups(task)),
            scope=self._within(self._scope(task)),
            deciders=self._within(above.task_id for above in task.upstream_list if above.inherits_from_skipmixin),
            fed_by=_references(inner),
            grown_from=frozenset().union(
                _references(source), *(_references(self.groups[group].source) for group in groups)
            ),
        )

    def _within(self, task_ids: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted(self._inside.intersection(task_ids)))

    def _setups(self, task: Any) -> set[str]:
        # A teardown has setups directly above it only.
        if not self._has_setups or task.is_teardown:
            return set()
        needed: set[str] = {setup.task_id for setup in task.get_upstreams_only_setups()}
        return needed.difference(task.upstream_task_ids)

    def _scope(self, task: Any) -> set[str]:
        """As `TriggerRuleDep._evaluate_teardown_scope` (Airflow 3.3.2) does."""
        if not task.is_teardown:
            return set()
        further_up: set[str] = task.get_flat_relative_ids(upstream=True) - task.upstream_task_ids
        below: set[str] = set()
        for above in task.upstream_list:
            if above.is_setup:
                below |= above.get_flat_relative_ids(upstream=False)
        return further_up & below


def _mapped_groups(dag: Any) -> Iterator[tuple[str, MappedGroup]]:
    for group_id, group in dag.task_group_dict.items():
        source = getattr(group, "_expand_input", None)
        if source is not None:
            around = tuple(mapped.group_id for mapped in group.iter_mapped_task_groups())
            yield group_id, MappedGroup(group_id, source, around)


def _references(source: Any) -> frozenset[str]:
    """Return the tasks whose output an expand input is made of."""
    if source is None:
        return frozenset()
    return frozenset(operator.task_id for operator, _ in source.iter_references())
