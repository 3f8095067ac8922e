import pytest

from dags.catchup import off, on


@pytest.mark.parametrize("workflow", ["catchup_off", "catchup_on"])
def test_the_books_are_closed(dag_run, workflow):
    run = dag_run(workflow, logical_date="2026-01-01")
    assert run["close_books"].output == "closed the books on 2026-01-01"


def test_the_workflows_differ_in_one_option():
    assert on.catchup is True
    assert off.catchup is False
    assert on.start_date == off.start_date
