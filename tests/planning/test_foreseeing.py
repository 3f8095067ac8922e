"""What a move does to the Airflow that runs."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType

import pytest

from airside.inspection.facts import AutomatedRun
from airside.planning.consequences import Consequences, LostHistory, RunInFlight, RunningTask, Start
from airside.planning.foreseeing import foresee, unreachable
from airside.planning.live import KnownWorkflow, LiveRun, LiveState, LiveTask
from airside.planning.scope import DUE_LIMIT, due_request, scope_of
from airside.release.description import Description, TaskDescription, WorkflowDescription, describe

TREE, RELEASE = "sha256-aa", "r-20261121-aa"
SERVED = KnownWorkflow(paused=False)
NONE: Mapping[str, str] = MappingProxyType({})


def workflow(
    name: str = "orders",
    *,
    file: str = "dags/orders.py",
    schedule: str | None = "@daily",
    catchup: bool = False,
    tasks: tuple[str, ...] = ("load",),
    paused: bool | None = None,
    start: str = "2026-01-01T00:00:00+00:00",
    assets: tuple[str, ...] = (),
) -> WorkflowDescription:
    return WorkflowDescription(
        id=name,
        file=file,
        schedule=schedule,
        timetable=f'"{schedule}"',
        start_date=start,
        catchup=catchup,
        paused_at_creation=paused,
        max_active_runs=2,
        assets=assets,
        tasks=tuple(TaskDescription(id=task, operator="BashOperator") for task in tasks),
    )


def described(*workflows: WorkflowDescription) -> Description:
    return describe(list(workflows))


def run(name: str = "orders", state: str = "running", *, backfill: bool = False) -> LiveRun:
    return LiveRun(
        workflow=name, run="r1", state=state, tree=TREE, started_at="2026-11-21T00:00:00Z", backfill=backfill
    )


def told(
    before: Description | None,
    after: Description,
    live: LiveState,
    due: Mapping[str, int | None] = MappingProxyType({}),
    renamed: Mapping[str, str] = NONE,
) -> Consequences:
    return foresee(before, after, live, due=due, renamed=renamed, releases={TREE: RELEASE})


def starts(
    before: Description | None, after: Description, live: LiveState, due: Mapping[str, int | None]
) -> tuple[Start, ...]:
    return told(before, after, live, due).starts


def known(**workflows: KnownWorkflow) -> LiveState:
    return LiveState(workflows=workflows, paused_at_creation=False)


@pytest.mark.parametrize("after", [workflow(), workflow(tasks=("load", "check")), workflow(schedule="@hourly")])
def test_a_run_in_flight_goes_on_with_its_release(after: WorkflowDescription) -> None:
    live = LiveState(workflows={"orders": SERVED}, runs=(run(),))
    assert told(described(workflow()), described(after), live).in_flight == (
        RunInFlight(workflow="orders", run="r1", release=RELEASE, started_at="2026-11-21T00:00:00Z", fate="continues"),
    )


def test_a_run_of_a_tree_of_no_known_release_says_so() -> None:
    flying = LiveRun(workflow="orders", run="r1", state="queued", tree="sha256-bb")
    live = LiveState(runs=(flying,))
    assert told(described(workflow()), described(workflow()), live).in_flight == (
        RunInFlight(workflow="orders", run="r1", state="queued"),
    )


def test_a_run_of_a_workflow_that_goes_is_stranded() -> None:
    live = LiveState(workflows={"orders": SERVED}, runs=(run(),), history={"orders": 12})
    found = told(described(workflow()), described(), live)
    assert [each.fate for each in found.in_flight] == ["stranded"]
    assert found.lost == (LostHistory(workflow="orders", reason="removed", runs=12),)


def test_a_run_of_a_workflow_whose_file_moves_breaks() -> None:
    live = LiveState(workflows={"orders": SERVED}, runs=(run(),))
    found = told(described(workflow()), described(workflow(file="dags/sales/orders.py")), live)
    assert [each.fate for each in found.in_flight] == ["breaks"]
    assert found.lost == (LostHistory(workflow="orders", reason="moved", runs=1),)


def test_a_file_that_moves_without_a_run_in_flight_loses_nothing() -> None:
    found = told(described(workflow()), described(workflow(file="dags/new.py")), known(orders=SERVED))
    assert found.lost == ()


def test_a_renamed_workflow_leaves_its_history_behind() -> None:
    live = LiveState(workflows={"orders": SERVED}, history={"orders": 3}, paused_at_creation=False)
    before, after = described(workflow()), described(workflow("sales"))
    found = told(before, after, live, {"sales": 1}, {"orders": "sales"})
    assert found.lost == (LostHistory(workflow="orders", reason="renamed", successor="sales", runs=3),)
    assert found.starts == (Start(workflow="sales", runs=1, reason="it is new"),)


def test_a_workflow_that_never_ran_or_was_never_seen_has_no_history_to_lose() -> None:
    before = described(workflow())
    assert told(before, described(), LiveState(workflows={"orders": SERVED}, history={"orders": 0})).lost == ()
    assert told(before, described(), LiveState()).lost == ()


def test_a_task_that_goes_while_it_runs_is_named() -> None:
    tasks = (LiveTask(workflow="orders", run="r1", task="load"), LiveTask(workflow="orders", run="r1", task="check"))
    live = LiveState(workflows={"orders": SERVED}, runs=(run(),), tasks=tasks)
    after = described(workflow(tasks=("check",)))
    assert told(described(workflow(tasks=("check", "load"))), after, live).running_removed == (
        RunningTask(workflow="orders", run="r1", task="load"),
    )


def test_the_due_runs_of_a_new_workflow_start_at_once() -> None:
    found = starts(None, described(workflow(catchup=True)), LiveState(paused_at_creation=False), {"orders": 2})
    assert found == (Start(workflow="orders", runs=2, reason="it is new and catches up"),)


def test_runs_beyond_those_let_in_at_one_time_follow_as_those_end() -> None:
    new = described(workflow(catchup=True))
    first = starts(None, new, LiveState(paused_at_creation=False), {"orders": 3})
    assert first == (Start(workflow="orders", runs=3, reason="it is new and catches up", at_a_time=2),)
    changed = described(workflow(schedule="@hourly", catchup=True))
    busy = LiveState(workflows={"orders": SERVED}, runs=(run(),), paused_at_creation=False)
    assert starts(described(workflow(catchup=True)), changed, busy, {"orders": 2})[0].at_a_time == 2
    filling = LiveState(workflows={"orders": SERVED}, runs=(run(backfill=True),), paused_at_creation=False)
    assert starts(described(workflow(catchup=True)), changed, filling, {"orders": 2})[0].at_a_time is None


def test_counting_that_ended_says_at_least() -> None:
    new = described(workflow(catchup=True))
    assert starts(None, new, LiveState(paused_at_creation=False), {"orders": DUE_LIMIT})[0].at_least


@pytest.mark.parametrize(("asked", "setting"), [(True, False), (None, True)])
def test_a_new_workflow_that_is_paused_starts_nothing(asked: bool | None, setting: bool) -> None:
    new = described(workflow(paused=asked))
    live = LiveState(paused_at_creation=setting)
    assert due_request(scope_of(None, new), new, live).questions == ()
    assert starts(None, new, live, {"orders": 1}) == ()


def test_where_airflow_keeps_its_setting_to_itself_the_start_has_a_condition() -> None:
    assert starts(None, described(workflow()), LiveState(), {"orders": 1}) == (
        Start(workflow="orders", runs=1, reason="it is new", if_unpaused=True),
    )
    assert not starts(None, described(workflow(paused=False)), LiveState(), {"orders": 1})[0].if_unpaused


def test_a_workflow_that_airflow_has_paused_stays_so_whatever_the_release_asks_for() -> None:
    live = known(orders=KnownWorkflow(paused=True))
    assert (
        starts(described(workflow()), described(workflow(schedule="@hourly", paused=False)), live, {"orders": 9}) == ()
    )


def test_a_workflow_that_comes_back_goes_on_with_its_history() -> None:
    last = AutomatedRun(run_after=datetime(2026, 11, 1, tzinfo=UTC))
    live = LiveState(workflows={"orders": KnownWorkflow(paused=False, stale=True)}, last={"orders": last})
    before, after = described(), described(workflow())
    assert due_request(scope_of(before, after), after, live).questions[0].last == last
    assert starts(before, after, live, {"orders": 4})[0].reason == "it comes back"


def test_a_changed_workflow_that_airflow_does_not_serve_starts_with_the_release() -> None:
    before, after = described(workflow()), described(workflow(tasks=("load", "check")))
    stale = known(orders=KnownWorkflow(paused=False, stale=True))
    assert starts(before, after, stale, {"orders": 1}) == (Start(workflow="orders", runs=1, reason="it comes back"),)
    assert starts(before, after, known(), {"orders": 1}) == (Start(workflow="orders", runs=1, reason="it is new"),)


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        (workflow(schedule="@hourly"), "its schedule changes"),
        (workflow(catchup=True), "it catches up now"),
        (workflow(start="2025-01-01T00:00:00+00:00"), "its start date changes"),
    ],
)
def test_the_due_runs_of_another_schedule_start_at_once(after: WorkflowDescription, reason: str) -> None:
    found = starts(described(workflow()), described(after), known(orders=SERVED), {"orders": 1})
    assert found == (Start(workflow="orders", runs=1, reason=reason),)


def test_another_task_starts_no_run() -> None:
    before, after = described(workflow()), described(workflow(tasks=("load", "check")))
    assert due_request(scope_of(before, after), after, known(orders=SERVED)).questions == ()
    assert starts(before, after, known(orders=SERVED), {}) == ()


def test_what_cannot_be_counted_is_told_as_such() -> None:
    before, after = described(workflow()), described(workflow(schedule="Workdays"))
    assert starts(before, after, known(orders=SERVED), {"orders": None})[0].runs is None
    assert starts(before, after, known(orders=SERVED), {})[0].runs is None
    waiting, other = workflow(assets=("a", "b")), workflow(assets=("a",))
    assert starts(described(waiting), described(other), known(orders=SERVED), {"orders": 0})[0].runs is None


def test_a_workflow_of_which_the_last_run_was_not_asked_for_is_not_counted() -> None:
    before, after = described(workflow()), described(workflow(schedule="@hourly"))
    assert due_request(scope_of(before, after), after, known(orders=SERVED)).questions == ()


def test_an_airflow_that_does_not_answer_is_said() -> None:
    assert unreachable("Airflow does not answer") == Consequences(reachable=False, reason="Airflow does not answer")
