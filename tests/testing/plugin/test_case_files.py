from pathlib import Path

import pytest

CASES = """
workflow: orders
cases:
  - name: doubles
    given: {connections: {dwh: "postgres://user@warehouse/db"}, variables: {limit: 2}}
    expect: {tasks: {transform: {output: [2, 4]}}}
"""


@pytest.fixture
def cases(project: pytest.Pytester) -> Path:
    path = project.path / "tests" / "functional" / "orders.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(CASES)
    return path


@pytest.fixture
def workspace(project: pytest.Pytester) -> pytest.Pytester:
    (project.path / "airside.toml").write_text('[workspace]\nname = "sales"\n')
    return project


def test_in_a_workspace_the_cases_of_the_folder_are_tests(workspace: pytest.Pytester, cases: Path) -> None:
    (cases.parent.parent / "other.yaml").write_text("not: ours")
    done = workspace.runpytest()
    done.assert_outcomes(passed=1)
    done.stdout.fnmatch_lines(["orders: 3 tasks, 1 verified, 2 only ran"])


def test_elsewhere_a_yaml_file_is_nothing_to_us(project: pytest.Pytester, cases: Path) -> None:
    assert project.runpytest().ret == pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.mark.parametrize("ini", ["airside_dags_folder = dags", ""])
def test_where_the_folder_of_workflows_is_configured_they_are_tests(
    project: pytest.Pytester, cases: Path, ini: str
) -> None:
    project.makeini(f"[pytest]\naddopts = -p no:randomly\n{ini}")
    project.runpytest(*([] if ini else ["--dags-folder=dags"])).assert_outcomes(passed=1)


def test_a_folder_of_another_name_is_named_in_the_ini_file(project: pytest.Pytester, cases: Path) -> None:
    cases.parent.rename(project.path / "flows")
    project.makeini("[pytest]\naddopts = -p no:randomly\nairside_cases = flows")
    project.runpytest().assert_outcomes(passed=1)


def test_a_file_that_is_named_is_collected(workspace: pytest.Pytester, cases: Path) -> None:
    moved = cases.rename(workspace.path / "orders.yaml")
    workspace.runpytest(moved).assert_outcomes(passed=1)
    assert workspace.runpytest().ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_a_file_that_is_named_is_collected_where_there_is_a_folder_dags(project: pytest.Pytester, cases: Path) -> None:
    project.runpytest(cases).assert_outcomes(passed=1)
    (project.path / "dags").rename(project.path / "flows")
    assert project.runpytest(cases).ret != pytest.ExitCode.OK


def test_cases_and_functions_count_together(workspace: pytest.Pytester, cases: Path) -> None:
    (workspace.path / "tests" / "test_orders.py").write_text(
        "def test_orders(dag_run):\n    assert dag_run('orders', only='extract')['extract'].output == [1, 2]\n"
    )
    done = workspace.runpytest()
    done.assert_outcomes(passed=2)
    done.stdout.fnmatch_lines(["orders: 3 tasks, 2 verified, 1 only ran"])
