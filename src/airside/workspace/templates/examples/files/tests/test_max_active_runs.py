from dags.max_active_runs import work, workflow


def test_a_day_is_worked_on():
    assert work.function("2026-01-01", seconds=0) == "worked on 2026-01-01"


def test_two_runs_are_the_limit():
    assert workflow.max_active_runs == 2
    assert workflow.catchup is True
