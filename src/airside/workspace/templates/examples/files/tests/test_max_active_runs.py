from dags.max_active_runs import workflow


def test_a_day_is_worked_on(dag_run):
    assert dag_run("max_active_runs", logical_date="2026-01-01")["work"].output == "worked on 2026-01-01"


def test_two_runs_are_the_limit():
    assert workflow.max_active_runs == 2
    assert workflow.catchup is True
