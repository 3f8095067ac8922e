import pytest

TEST = """
    def test_shape(dags):
        assert dags.dag_id in {"orders", "stock"}
        assert "team" in dags.tags
        assert all(task.retries == 0 for task in dags.tasks)
"""


@pytest.fixture
def several(project: pytest.Pytester) -> pytest.Pytester:
    folder = project.path / "dags"
    (folder / "orders.py").write_text("from airflow.sdk import DAG\ndag = DAG('orders', tags=['team'])\n")
    (folder / "stock.py").write_text(
        "from airflow.sdk import DAG, task\n"
        "with DAG('stock', tags=['other']):\n    @task\n    def count(): ...\n    count()\n"
    )
    return project


def test_a_test_runs_for_each_workflow_as_the_scheduler_has_it(several: pytest.Pytester) -> None:
    several.makepyfile(test_shape=TEST)
    done = several.runpytest_subprocess("-v", "-p", "no:randomly")
    done.assert_outcomes(passed=1, failed=1)
    done.stdout.fnmatch_lines(["*test_shape?orders? PASSED*", "*test_shape?stock? FAILED*"])


@pytest.mark.slow
def test_a_file_that_does_not_import_is_a_test_that_fails(several: pytest.Pytester) -> None:
    (several.path / "dags" / "broken.py").write_text("from airflow.sdk import DAG\nimport nothing_like_it\n")
    several.makepyfile(test_shape="def test_shape(dags): ...")
    done = several.runpytest_subprocess("-v", "-p", "no:randomly")
    done.assert_outcomes(passed=2, errors=1)
    done.stdout.fnmatch_lines(["*test_shape?dags/broken.py? ERROR*", "*No module named 'nothing_like_it'*"])


@pytest.mark.slow
def test_workers_of_xdist_agree_on_the_tests(several: pytest.Pytester) -> None:
    several.makepyfile(test_shape=TEST)
    several.runpytest_subprocess("-n2").assert_outcomes(passed=1, failed=1)
