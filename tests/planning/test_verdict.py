from typing import Any

import msgspec
import pytest
from plan_reports import plan_of, report, side
from workflow_descriptions import described, task, workflow

from airside.base.digest import Digest
from airside.planning.consequences import Consequences, LostHistory, RunInFlight, RunningTask, Start
from airside.planning.document import document
from airside.planning.drops import Drop, Threshold
from airside.planning.lacks import Lack, lacks
from airside.planning.report import Evidence, Findings, detailed_exit_code
from airside.planning.verdict import verdict
from airside.release.contract import Names
from airside.release.description import Need, WorkflowDescription
from airside.release.record import Requirements

ORDERS, RETURNS = workflow("orders"), workflow("returns")
OWNED = msgspec.structs.replace(ORDERS, owners=("sales",))
HOURLY = msgspec.structs.replace(ORDERS, schedule="@hourly")
QUIET = Consequences(reachable=True)
WAREHOUSE = Need(kind="connection", name="warehouse")


def found(before: list[WorkflowDescription], after: list[WorkflowDescription], **evidence: Any) -> str:
    return verdict(report(before, after, **evidence)).text


def test_a_change_that_loses_nothing_is_safe() -> None:
    assert found([ORDERS], [OWNED]) == "Safe: 1 workflow changes, no workflow and no task goes."


def test_what_airflow_would_start_and_lose_calls_for_care() -> None:
    known = Consequences(
        reachable=True,
        starts=(Start(workflow="orders", runs=3, reason="it catches up"),),
        in_flight=(RunInFlight(workflow="returns", run="r", fate="stranded"),),
        running_removed=(RunningTask(workflow="orders", run="r", task="load"),),
        lost=(LostHistory(workflow="returns", reason="removed", runs=4),),
    )
    assert found([ORDERS, RETURNS], [HOURLY], consequences=known) == (
        "Careful: 1 workflow changes, 1 workflow goes, 3 runs start at once, 1 run in flight is left behind, "
        "1 run in flight loses a task."
    )


def test_more_runs_than_were_counted_are_at_least_so_many() -> None:
    start = Start(workflow="orders", runs=1000, at_least=True, reason="it catches up")
    assert "at least 1000 runs start at once" in found(
        [ORDERS], [HOURLY], consequences=Consequences(reachable=True, starts=(start,))
    )


def test_a_schedule_is_safe_to_change_only_when_airflow_said_that_nothing_starts() -> None:
    assert found([ORDERS], [HOURLY], consequences=QUIET).startswith("Safe:")
    assert found([ORDERS], [HOURLY]).startswith("Careful:")
    assert "Airflow does not say" in found([ORDERS], [HOURLY], consequences=Consequences(reachable=False, reason="no"))


def test_a_file_is_safe_to_move_only_when_airflow_said_that_nothing_is_in_flight() -> None:
    moved = msgspec.structs.replace(ORDERS, file="dags/sales/orders.py")
    assert found([ORDERS], [moved], consequences=QUIET).startswith("Safe:")
    assert found([ORDERS], [moved]).startswith("Careful:")


@pytest.mark.parametrize(
    ("evidence", "reason"),
    [
        ({"refusals": ("it is pinned",)}, "it is pinned"),
        ({"findings": Findings(errors=2, warnings=1)}, "the check finds 2 errors"),
        (
            {"lacks": (Lack(kind="pool", name="p", absent=True, certainty="exact", workflows=("orders",)),)},
            "1 pool is lacking",
        ),
    ],
)
def test_what_would_fail_for_sure_blocks_and_comes_first(evidence: dict[str, Any], reason: str) -> None:
    assert found([ORDERS], [OWNED], **evidence) == f"Blocked: {reason}; 1 workflow changes."


def test_warnings_do_not_block() -> None:
    assert found([ORDERS], [OWNED], findings=Findings(errors=0, warnings=9)).startswith("Safe:")


@pytest.mark.parametrize(
    ("removed", "served", "large"),
    [
        (0, 0, False),
        (0, 9, False),
        (2, 3, False),
        (3, 9, False),
        (3, 8, True),
        (4, 9, True),
        (1, 1, False),
        (2, 2, False),
        (3, 3, True),
    ],
)
def test_a_drop_is_large_from_three_workflows_and_a_third_on(removed: int, served: int, large: bool) -> None:
    assert Drop(removed, served).is_large(Threshold()) is large


def test_a_large_drop_blocks_until_it_is_allowed_and_renaming_is_none() -> None:
    old = [workflow(name, task(name)) for name in ("a", "b", "c", "d")]
    assert found(old, old[:1]) == "Blocked: 3 of 4 workflows go, which has to be allowed."
    assert found(old, old[:1], allow_removals=True) == "Careful: 3 workflows go."
    renamed = [msgspec.structs.replace(each, id=f"new_{each.id}") for each in old]
    assert found(old, renamed) == "Careful: 4 workflows are renamed, Airflow was not asked what starts at once."


def test_a_plan_is_empty_exactly_when_neither_tree_nor_runtime_change() -> None:
    same = report([ORDERS], [ORDERS])
    newer = side([ORDERS], at=1, requirements=Requirements(airflow="3.3.2", lock=Digest.of(b"other")))
    runtime = plan_of(side([ORDERS]), newer, (ORDERS,), (ORDERS,), Evidence())
    only_lines = report([ORDERS], [msgspec.structs.replace(ORDERS, line=9)])
    assert [detailed_exit_code(plan) for plan in (same, runtime, only_lines)] == [0, 2, 2]
    assert [verdict(plan).level for plan in (same, runtime, only_lines)] == ["none", "careful", "safe"]
    assert document(only_lines)["workflows"]["changed"] == document(only_lines)["workflows"]["touched"] == ["orders"]


def test_what_is_absent_is_lacking_and_what_is_new_and_unknown_is_told() -> None:
    limit, old = Need(kind="variable", name="limit"), Need(kind="variable", name="old")
    names = Names({"connection": frozenset({"other"})}, frozenset({"connection"}))
    before = described(workflow("orders", needs=(old,)))
    after = described(
        workflow("orders", needs=(WAREHOUSE, limit, old, Need(kind="connection", name="x", optional=True))),
        workflow("returns", needs=(WAREHOUSE, Need(kind="workflow", name="orders"))),
    )
    assert lacks(before, after, names) == (
        Lack(kind="connection", name="warehouse", absent=True, certainty="exact", workflows=("orders", "returns")),
        Lack(kind="variable", name="limit", absent=False, certainty="exact", workflows=("orders",)),
    )
