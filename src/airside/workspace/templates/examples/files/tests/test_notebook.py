from pathlib import Path

import pytest

from dags.notebook import execute, workflow


def test_the_executed_notebook_shows_the_sum_of_the_given_amounts(tmp_path):
    executed = execute([3, 4, 5], tmp_path / "notebooks" / "executed.ipynb")
    assert "3 amounts, 12 in all" in Path(executed).read_text()


def test_a_cell_that_fails_is_a_failure_and_the_notebook_shows_it(tmp_path):
    with pytest.raises(Exception, match="there are no amounts"):
        execute([], tmp_path / "executed.ipynb")
    assert "AssertionError" in (tmp_path / "executed.ipynb").read_text()


def test_the_workflow_runs_the_notebook():
    assert workflow.task_ids == ["run_notebook"]
    assert workflow.params["amounts"] == [3, 4, 5]
