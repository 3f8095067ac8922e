"""One plan of each kind of change, in its three forms."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from plan_reports import plan_of, report, side
from workflow_descriptions import task, workflow

from airside.base.digest import Digest
from airside.planning.consequences import Consequences, LostHistory, RunInFlight, RunningTask, Start
from airside.planning.document import document
from airside.planning.lacks import Lack
from airside.planning.markdown import markdown
from airside.planning.platform_packages import PlatformPackages
from airside.planning.report import Evidence, Findings, PlanReport
from airside.planning.text import text
from airside.release.description import Need
from airside.release.record import Requirements
from airside.running.packages import Mismatch

GOLDEN = Path(__file__).parent / "golden"
ORDERS, RETURNS = workflow("orders"), workflow("returns")
WAREHOUSE = Need(kind="connection", name="warehouse")
LIMIT = Need(kind="variable", name="limit", certainty="likely")
LOAD = ORDERS.tasks[1]
PULL = task("pull", fingerprint=task("extract").fingerprint)
HOURLY = msgspec.structs.replace(ORDERS, schedule="@hourly")
EXACT = Need(kind="variable", name="limit")
SILENT = Consequences(reachable=False, reason="https://airflow.example.com refuses the connection")


def orders(**values: object) -> PlanReport:
    """The plan of one workflow, of which these attributes change."""
    return report([ORDERS], [msgspec.structs.replace(ORDERS, **values)])


def load(**values: object) -> PlanReport:
    """The plan of one task, of which these attributes change."""
    return orders(tasks=(ORDERS.tasks[0], msgspec.structs.replace(LOAD, **values)))


def of_runtime() -> PlanReport:
    newer = side([ORDERS], at=1, requirements=Requirements(airflow="3.4.0", lock=Digest.of(b"other")))
    return plan_of(side([ORDERS]), newer, (ORDERS,), (ORDERS,), Evidence())


def on_a_platform(mismatch: Mismatch) -> PlanReport:
    """The Airflow of the environment has the new version of Airflow already, and the packages of a third lock file."""
    newer = side([HOURLY], at=1, requirements=Requirements(airflow="3.4.0", lock=Digest.of(b"other")))
    platform = PlatformPackages(airflow="3.4.0", lock=Digest.of(b"third"), mismatch=mismatch)
    return plan_of(side([ORDERS]), newer, (ORDERS,), (HOURLY,), Evidence(platform=platform))


def of_an_old_release() -> PlanReport:
    old, new = (ORDERS, RETURNS), (msgspec.structs.replace(ORDERS, schedule="@hourly"), workflow("stock"))
    return plan_of(side(old, described=False), side(new, at=1), old, new, Evidence())


def of_everything() -> PlanReport:
    old = [workflow(name) for name in ("claims", "orders", "returns")]
    changed = workflow(
        "orders", task("extract"), task("publish"), schedule="@hourly", catchup=True, needs=(WAREHOUSE, LIMIT)
    )
    consequences = Consequences(
        reachable=True,
        in_flight=(
            RunInFlight(workflow="claims", run="scheduled__3", release=side(old).record.id, fate="stranded"),
            RunInFlight(workflow="orders", run="scheduled__1", release=side(old).record.id),
            RunInFlight(workflow="stock", run="scheduled__2"),
        ),
        starts=(
            Start(workflow="orders", runs=3, reason="its schedule changes", at_a_time=1),
            Start(workflow="stock", runs=None, reason="it is new", if_unpaused=True),
        ),
        lost=(LostHistory(workflow="claims", reason="renamed", successor="stock", runs=12),),
        running_removed=(RunningTask(workflow="orders", run="scheduled__1", task="load"),),
    )
    lacks = (
        Lack(kind="connection", name="warehouse", absent=True, certainty="exact", workflows=("orders", "stock")),
        Lack(kind="variable", name="limit", absent=False, certainty="likely", workflows=("orders",)),
    )
    return report(
        old,
        [changed, workflow("returns"), workflow("stock", needs=(WAREHOUSE,))],
        consequences=consequences,
        lacks=lacks,
        findings=Findings(errors=0, warnings=2),
        contents={
            "configs/orders.yaml": (b"size: 5\npassword: one\n", b"size: 6\npassword: two\nurl: pg://me:pw@host/db\n"),
            "dags/orders.py": (b"one\ntwo\n", b"one\nthree\n"),
        },
        show_source=True,
        refusals=("'production' is pinned by ana",),
    )


PLANS: Mapping[str, PlanReport] = {
    "no-change": report([ORDERS], [ORDERS]),
    "first-release": report(None, [ORDERS, workflow("returns", schedule=None, assets=("orders",), catchup=True)]),
    "workflow-added": report([ORDERS], [ORDERS, RETURNS]),
    "workflow-removed": report([ORDERS, RETURNS], [ORDERS]),
    "workflow-renamed": report([ORDERS], [workflow("sales", file="dags/orders.py")]),
    "workflow-moved": orders(file="dags/sales/orders.py"),
    "large-drop": report([workflow(name, task(name)) for name in ("a", "b", "c", "d")], [workflow("d", task("d"))]),
    "only-lines": orders(line=7),
    "schedule": orders(schedule="@hourly", timetable='{"cron": "@hourly"}'),
    "dates": orders(start_date="2026-01-01T00:00:00+00:00", end_date="2027-01-01T00:00:00+00:00"),
    "catchup": orders(catchup=True),
    "limits": orders(max_active_runs=1, max_active_tasks=4, run_timeout="3:00:00"),
    "tags-and-owners": orders(tags=("finance",), owners=("sales",)),
    "params": report(
        [workflow("orders", params={"day": '"mon"', "size": "5"})],
        [workflow("orders", params={"dry": "true", "size": "6"})],
    ),
    "assets": orders(assets=("raw_orders", "s3://lake/prices")),
    "task-added": orders(tasks=(*ORDERS.tasks, task("publish", upstream=("load",)))),
    "task-removed": orders(tasks=ORDERS.tasks[:1]),
    "task-renamed": orders(tasks=(PULL, msgspec.structs.replace(LOAD, upstream=("pull",)))),
    "task-rewired": load(upstream=()),
    "task-attributes": load(
        retries=3, retry_delay="0:05:00", pool="small", trigger_rule="all_done", execution_timeout="1:00:00"
    ),
    "task-runs-elsewhere": load(queue="big", executor="KubernetesExecutor", mapped=True, operator="BashOperator"),
    "task-code": load(fingerprint="f" * 16),
    "task-assets": load(outlets=("orders_table",)),
    "needs": report([workflow("orders", needs=(LIMIT,))], [workflow("orders", needs=(WAREHOUSE, EXACT))]),
    "links": orders(needs=(Need(kind="workflow", name="returns"),)),
    "configs": report([ORDERS], [workflow("orders", line=2)], contents={
        "configs/a.yaml": (None, b"a: 1\n"),
        "configs/b.yaml": (b"a: {b: [1, 2]}\nc: x\n", b"a: {b: [1, 3]}\nd: true\n"),
        "configs/c.yaml": (b"a: 1\n", None),
        "configs/d.txt": (b"1", b"2"),
    }),
    "runtime": of_runtime(),
    "platform-warns": on_a_platform("warn"),
    "platform-refuses": on_a_platform("refuse"),
    "draft": plan_of(side([ORDERS]), replace(side([HOURLY], at=1), draft=True), (ORDERS,), (HOURLY,), Evidence()),
    "old-release": of_an_old_release(),
    "unreachable": report([ORDERS], [HOURLY], consequences=SILENT),
    "everything": of_everything(),
}  # fmt: skip


def forms(plan: PlanReport) -> dict[str, str]:
    lines = (f"{style or '':<12}|{line}".rstrip() for line, style in text(plan))
    as_json = json.dumps(document(plan), indent=2, ensure_ascii=False)
    return {"txt": "\n".join(lines) + "\n", "md": markdown(plan), "json": as_json + "\n"}


@pytest.mark.parametrize("kind", sorted(PLANS))
def test_a_plan_of_each_kind_of_change_reads_as_it_did(kind: str) -> None:
    made = forms(PLANS[kind])
    for suffix, found in made.items():
        assert found == (GOLDEN / f"{kind}.{suffix}").read_text(), f"{kind}.{suffix}"


def test_every_golden_file_belongs_to_a_plan() -> None:
    assert {path.name for path in GOLDEN.iterdir()} == {
        f"{kind}.{suffix}" for kind in PLANS for suffix in ("txt", "md", "json")
    }


def test_the_same_plan_is_the_same_bytes() -> None:
    assert forms(of_everything()) == forms(replace(of_everything()))
