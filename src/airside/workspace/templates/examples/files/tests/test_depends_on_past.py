import pytest

from dags.depends_on_past import load, off, on


@pytest.mark.parametrize("workflow", ["depends_on_past_off", "depends_on_past_on"])
def test_the_first_day_fails_and_the_others_succeed(dag_run, workflow):
    dag_run(workflow, logical_date="2026-01-01").assert_failed("load", match="have not arrived")
    # A test has no past: each run is the first one.
    assert dag_run(workflow, logical_date="2026-01-02")["load"].output == "loaded 2026-01-02"


def test_a_second_attempt_at_the_first_day_succeeds():
    assert load("2026-01-01", "2") == "loaded 2026-01-01"


def test_the_workflows_differ_in_one_option():
    assert on.get_task("load").depends_on_past is True
    assert off.get_task("load").depends_on_past is False
    assert on.catchup is off.catchup is True
