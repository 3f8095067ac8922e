"""The fast tier says what Airflow's scheduler and API say on a database."""

import time

import pytest
from tier_comparison import differences
from workflow_corpus import NAMES, cases, faults, outcome

SAMPLE = {
    "asset_events_of_inlets", "branch_onto_mapped_tasks", "callbacks", "deferral", "fail_fast", "human_in_the_loop",
    "mapped_group_with_failures", "retries", "setup_and_teardown", "start_from_trigger_without_execute", "stubs",
    "trigger_rules", "xcoms",
}  # fmt: skip
"""What is compared each time."""

NOT_ALIKE = {
    "workflow_of_airside": "its summary tells how long everything took",
    "human_in_the_loop": "an answer says when it was given",
}
"""Workflows whose outputs differ from run to run, whatever runs them."""

WORKFLOWS = [pytest.param(name, marks=[] if name in SAMPLE else [pytest.mark.slow], id=name) for name in NAMES]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_the_fast_tier_does_what_airflow_does_on_a_database(name: str) -> None:
    for case in cases(name):
        fast, real = outcome(case, "fast"), outcome(case, "real")
        assert list(faults(case, real)) == []
        skipped = ("xcoms",) if name in NOT_ALIKE else ()
        assert differences(fast, real, skipped) == [], case.says.name


def test_a_run_on_a_database_does_not_pay_for_its_tables_and_its_api() -> None:
    case = cases("dependencies_of_taskflow")[0]
    outcome(case, "real")
    taken = []
    for _ in range(5):
        started = time.perf_counter()
        assert outcome(case, "real").state == "success"
        taken.append(time.perf_counter() - started)
    # A quarter of a second, undisturbed; to make both takes several.
    assert min(taken) < 2
