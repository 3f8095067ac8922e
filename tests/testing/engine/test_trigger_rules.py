"""Trigger rules are Airflow's own: each is held against `TriggerRuleDep` on task instances in memory."""

from types import SimpleNamespace
from typing import Any

import hypothesis.strategies as st
import pytest
from airflow.task.trigger_rule import TriggerRule
from airflow.ti_deps.deps.trigger_rule_dep import TriggerRuleDep
from hypothesis import given

from airside.testing.engine.rules import Counts, Decision, decide

STATES = ["success", "skipped", "failed", "upstream_failed", "removed", None]

RULES = sorted(str(rule) for rule in TriggerRule)


class Session:
    """Answers the one question there is: how many instances the tasks above have."""

    def __init__(self, expected: list[tuple[str, int]]) -> None:
        self._expected = expected

    def execute(self, _query: object) -> list[tuple[str, int]]:
        return self._expected


def airflow_decides(rule: str, above: list[tuple[bool, list[str | None]]], map_index: int) -> Decision:
    """Ask Airflow; `above` is a task each: whether it is a setup, and where its instances are."""
    tasks = [
        SimpleNamespace(task_id=f"above{n}", is_setup=is_setup, get_needs_expansion=lambda: True)
        for n, (is_setup, _) in enumerate(above)
    ]
    instances = [
        SimpleNamespace(task_id=task.task_id, task=task, state=state, map_index=index)
        for task, (_, states) in zip(tasks, above, strict=True)
        for index, state in enumerate(states)
    ]
    settled: list[Decision] = []
    instance = SimpleNamespace(
        task=SimpleNamespace(
            upstream_task_ids={task.task_id for task in tasks},
            upstream_list=tasks,
            trigger_rule=rule,
            is_teardown=False,
            get_closest_mapped_task_group=lambda: None,
            get_upstreams_only_setups=list,
        ),
        dag_id="dag",
        run_id="run",
        map_index=map_index,
        get_dagrun=lambda **_: None,
    )

    def set_state(state: Any, **_: object) -> bool:  # noqa: ANN401 - Airflow's enum
        settled.append(state.value)
        return True

    instance.set_state = set_state
    context = SimpleNamespace(
        flag_upstream_failed=True,
        wait_for_past_depends_before_skipping=False,
        upstream_task_id_counts={},
        ensure_finished_tis=lambda *_, **__: [ended for ended in instances if ended.state],
    )
    session = Session([(task.task_id, len(states)) for task, (_, states) in zip(tasks, above, strict=True)])
    statuses = list(TriggerRuleDep()._get_dep_statuses(instance, context, session=session))
    if settled:
        return settled[-1]
    return "run" if all(status.passed for status in statuses) else "wait"


def counted(above: list[tuple[bool, list[str | None]]]) -> Counts:
    states = [state for _, instances in above for state in instances]
    setups = [state for is_setup, instances in above if is_setup for state in instances]
    return Counts(
        expected=len(states),
        expected_setup=len(setups),
        success=states.count("success"),
        skipped=states.count("skipped"),
        failed=states.count("failed"),
        upstream_failed=states.count("upstream_failed"),
        removed=states.count("removed"),
        success_setup=setups.count("success"),
        skipped_setup=setups.count("skipped"),
    )


@pytest.mark.parametrize("rule", RULES)
@given(
    above=st.lists(st.tuples(st.booleans(), st.lists(st.sampled_from(STATES), max_size=4)), min_size=1, max_size=4),
    map_index=st.integers(-1, 5),
)
def test_each_rule_decides_as_airflow_does(
    rule: str, above: list[tuple[bool, list[str | None]]], map_index: int
) -> None:
    assert decide(rule, counted(above), map_index) == airflow_decides(rule, above, map_index)
