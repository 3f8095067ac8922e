"""What the engine makes of a workflow is what Airflow's scheduler makes of it: states, expansions, order, outcome."""

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from random_workflows import workflow_at_random
from scheduler_judge import Judge, airflow_judge
from scripted_runs import simulate
from scripted_workflows import GroupSpec, TaskSpec, WorkflowSpec

FAILED = [["failed"]]
SKIPPED = [["skipped"]]
LATE = [["up_for_retry", "up_for_retry", "up_for_retry", "success"]]


@pytest.fixture(scope="module")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judge]:
    with airflow_judge(tmp_path_factory.mktemp("judge")) as judge:
        yield judge


def flow(*tasks: TaskSpec, groups: tuple[GroupSpec, ...] = ()) -> WorkflowSpec:
    return WorkflowSpec(tasks=list(tasks), groups=list(groups))


WORKFLOWS = {
    "mapped over a list, then joined": flow(
        TaskSpec(id="a", length=3),
        TaskSpec(id="b", over=["task", "a"], ends=[["success"], ["up_for_retry", "success"]]),
        TaskSpec(id="c", upstream=["b"]),
    ),
    "mapped over nothing": flow(
        TaskSpec(id="a", length=0),
        TaskSpec(id="b", over=["task", "a"]),
        TaskSpec(id="c", upstream=["b"]),
        TaskSpec(id="d", upstream=["b"], rule="none_failed"),
    ),
    "mapped over what never came": flow(
        TaskSpec(id="a", length=2, ends=FAILED),
        TaskSpec(id="b", over=["task", "a"], rule="all_done"),
        TaskSpec(id="c", over=["zip", "b", "a"], rule="always"),
    ),
    "mapped over what is mapped": flow(
        TaskSpec(id="a", over=4, ends=[["success"], ["skipped"]]),
        TaskSpec(id="b", over=["map", "a"], rule="none_failed"),
        TaskSpec(id="c", over=["concat", "a", "b"], rule="none_failed"),
    ),
    "a mapped group depends on its own instances": flow(
        TaskSpec(id="a", length=3),
        TaskSpec(id="b", group="g", ends=[["success"], ["failed"], ["skipped"]]),
        TaskSpec(id="c", group="g", upstream=["b"]),
        TaskSpec(id="d", group="g", upstream=["b"], rule="one_failed"),
        TaskSpec(id="e", upstream=["c", "d"], rule="all_done"),
        groups=(GroupSpec(id="g", over=["task", "a"]),),
    ),
    "nested mapped groups": flow(
        TaskSpec(id="a", group="outer", ends=[["success"], ["failed"]]),
        TaskSpec(id="b", group="inner", upstream=["a"], ends=[["success"], ["success"], ["failed"]]),
        TaskSpec(id="c", group="inner", upstream=["b"], rule="all_done"),
        TaskSpec(id="d", group="outer", upstream=["c"]),
        groups=(GroupSpec(id="outer", over=2), GroupSpec(id="inner", parent="outer", over=3)),
    ),
    "a branch in a mapped group": flow(
        TaskSpec(id="a", group="g", kind="branch", follows=["b"]),
        TaskSpec(id="b", group="g", upstream=["a"]),
        TaskSpec(id="c", group="g", upstream=["a"]),
        groups=(GroupSpec(id="g", over=2),),
    ),
    "a mapped branch": flow(
        TaskSpec(id="a", over=2, kind="branch", follows=["b"]),
        TaskSpec(id="b", upstream=["a"]),
        TaskSpec(id="c", upstream=["a"]),
    ),
    "a branch over what is mapped": flow(
        TaskSpec(id="a", kind="branch", follows=["b"]),
        TaskSpec(id="b", upstream=["a"], over=2),
        TaskSpec(id="c", upstream=["a"], over=2),
        TaskSpec(id="d", upstream=["b", "c"], rule="none_failed_min_one_success"),
    ),
    "a setup that fails": flow(
        TaskSpec(id="a", kind="setup", ends=FAILED),
        TaskSpec(id="b", upstream=["a"]),
        TaskSpec(id="c", upstream=["b"], rule="all_done"),
        TaskSpec(id="d", kind="teardown", rule="all_done_setup_success", upstream=["a", "c"]),
    ),
    "a setup that is skipped": flow(
        TaskSpec(id="a", kind="setup", ends=SKIPPED),
        TaskSpec(id="b", upstream=["a"]),
        TaskSpec(id="c", kind="teardown", rule="all_done_setup_success", upstream=["a", "b"]),
    ),
    "a teardown waits for its scope": flow(
        TaskSpec(id="a", kind="setup"),
        TaskSpec(id="b", upstream=["a"], ends=LATE),
        TaskSpec(id="c"),
        TaskSpec(id="d", upstream=["b", "c"], rule="one_success"),
        TaskSpec(id="e", kind="teardown", rule="all_done_setup_success", upstream=["a", "d"]),
    ),
    "a task waits for a setup further up": flow(
        TaskSpec(id="a", kind="setup", ends=LATE),
        TaskSpec(id="b", upstream=["a"]),
        TaskSpec(id="c", upstream=["b"], rule="always"),
        TaskSpec(id="d", upstream=["c"], weight=9),
    ),
    "a teardown whose failure counts": flow(
        TaskSpec(id="a", kind="setup"),
        TaskSpec(id="b", upstream=["a"]),
        TaskSpec(
            id="c", kind="teardown", rule="all_done_setup_success", upstream=["a", "b"], ends=FAILED, fails_the_run=True
        ),
    ),
    "a teardown whose failure does not count": flow(
        TaskSpec(id="a", kind="setup"),
        TaskSpec(id="b", upstream=["a"]),
        TaskSpec(id="c", kind="teardown", rule="all_done_setup_success", upstream=["a", "b"], ends=FAILED),
    ),
    "a mapped teardown, whose failure never counts": flow(
        TaskSpec(id="a", kind="setup", over=2),
        TaskSpec(id="b", upstream=["a"]),
        TaskSpec(
            id="c",
            kind="teardown",
            rule="all_done_setup_success",
            upstream=["a", "b"],
            over=2,
            ends=FAILED,
            fails_the_run=True,
        ),
    ),
    "nothing can start any more": flow(
        TaskSpec(id="a"),
        TaskSpec(id="b", upstream=["a"], begins=datetime(2026, 2, 1, tzinfo=UTC)),
        TaskSpec(id="c", upstream=["b"]),
    ),
    "weights decide who is first": flow(
        TaskSpec(id="a"),
        TaskSpec(id="b", weight=9),
        TaskSpec(id="c", over=2),
        TaskSpec(id="d", upstream=["a"], weight=4),
    ),
}


@pytest.mark.parametrize("spec", WORKFLOWS.values(), ids=WORKFLOWS.keys())
def test_a_workflow_is_scheduled_as_airflow_does(spec: WorkflowSpec, airflow: Judge) -> None:
    assert simulate(spec) == airflow.judge(spec)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 2**64))
def test_any_workflow_is_scheduled_as_airflow_does(seed: int, airflow: Judge) -> None:
    spec = workflow_at_random(Random(seed))  # noqa: S311 - no secret
    assert simulate(spec) == airflow.judge(spec), spec
