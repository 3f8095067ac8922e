"""How a run is driven: in which order tasks start, what a failure stops, what a stub does."""

from datetime import UTC, datetime

import pytest
from scripted_runs import simulate
from scripted_workflows import TaskSpec, WorkflowSpec

from airside.base.errors import UsageError

FAILED = [["failed"]]

LATER = datetime(2026, 2, 1, tzinfo=UTC)


def flow(*tasks: TaskSpec) -> WorkflowSpec:
    return WorkflowSpec(tasks=list(tasks))


def test_a_retry_comes_with_what_has_become_ready_meanwhile() -> None:
    spec = flow(
        TaskSpec(id="a", ends=[["up_for_retry", "success"]]),
        TaskSpec(id="b", weight=9),
        TaskSpec(id="c", upstream=["b"]),
    )

    assert simulate(spec).order == ["b", "a", "a", "c"]


def test_what_failed_at_last_stops_what_has_not_started_when_the_workflow_fails_fast() -> None:
    spec = flow(
        TaskSpec(id="a", ends=[["up_for_retry", "failed"]]),
        TaskSpec(id="b"),
        TaskSpec(id="c", upstream=["b"]),
        TaskSpec(id="d", upstream=["c"]),
        TaskSpec(id="e", kind="teardown", rule="all_done_setup_success", upstream=["d"]),
    )

    run = simulate(spec, fail_fast=True)

    assert run.state == "failed"
    assert run.instances == {"a": "failed", "b": "success", "c": "success", "d": "skipped", "e": "success"}


def test_what_starts_together_with_a_failure_is_not_stopped_by_it() -> None:
    run = simulate(flow(TaskSpec(id="a", ends=FAILED, weight=9), TaskSpec(id="b")), fail_fast=True)

    assert run.instances == {"a": "failed", "b": "success"}


def test_instances_of_the_task_that_failed_go_on() -> None:
    run = simulate(flow(TaskSpec(id="a", over=3, ends=[["failed"], ["success"]])), fail_fast=True)

    assert run.instances == {"a[0]": "failed", "a[1]": "success", "a[2]": "failed"}


def test_a_stub_is_what_others_are_expanded_over() -> None:
    run = simulate(flow(TaskSpec(id="a", ends=FAILED), TaskSpec(id="b", over=["task", "a"])), stub={"a": [1, 2]})

    assert run.instances == {"a": "success", "b[0]": "success", "b[1]": "success"}
    assert run.order == ["b[0]", "b[1]"]


def test_a_stub_of_a_mapped_task_is_a_list_with_one_output_an_instance() -> None:
    spec = flow(TaskSpec(id="a", over=2), TaskSpec(id="b", over=["map", "a"]))

    assert simulate(spec, stub={"a": ["x", None]}).instances == {
        "a[0]": "success",
        "a[1]": "success",
        "b[0]": "success",
    }
    assert simulate(spec, stub={"a[1]": "x"}).order == ["a[0]", "b[0]", "b[1]"]
    with pytest.raises(UsageError, match="not a list of 2"):
        simulate(spec, stub={"a": ["x"]})


def test_a_stub_that_others_cannot_be_expanded_over_is_refused() -> None:
    spec = flow(TaskSpec(id="a"), TaskSpec(id="b", over=["task", "a"]))

    for output in (None, 3, "text"):
        with pytest.raises(UsageError, match="no list or mapping"):
            simulate(spec, stub={"a": output})


def test_a_run_in_which_nothing_can_start_any_more_has_failed() -> None:
    spec = flow(TaskSpec(id="a"), TaskSpec(id="b", upstream=["a"], begins=LATER), TaskSpec(id="c", upstream=["b"]))

    run = simulate(spec)

    assert run.state == "failed"
    assert run.instances == {"a": "success", "c": None}
