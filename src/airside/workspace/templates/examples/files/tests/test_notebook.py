import pytest

from dags.notebook import execute


def test_the_executed_notebook_shows_the_sum_of_the_given_amounts(dag_run):
    run = dag_run("notebook", conf={"amounts": [3, 4, 5]}, timeout="2m")
    run.assert_success()
    assert "3 amounts, 12 in all" in run["run_notebook"].log
    assert run["run_notebook"].output.endswith(".ipynb")


def test_a_cell_that_fails_is_a_failure_and_the_notebook_shows_it(tmp_path):
    with pytest.raises(Exception, match="there are no amounts"):
        execute([], tmp_path / "executed.ipynb")
    assert "AssertionError" in (tmp_path / "executed.ipynb").read_text()
