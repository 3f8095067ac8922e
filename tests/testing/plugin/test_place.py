from pathlib import Path
from textwrap import dedent

import pytest

TEST = """
    def test_orders(dag_run):
        assert dag_run("orders", only="extract")["extract"].output == [1, 2]
"""


@pytest.fixture
def elsewhere(project: pytest.Pytester) -> Path:
    """The project's folder of workflows, under another name."""
    return (project.path / "dags").rename(project.path / "flows")


def test_a_folder_is_named_by_an_option(project: pytest.Pytester, elsewhere: Path) -> None:
    project.makepyfile(TEST)
    project.runpytest("--dags-folder=flows").assert_outcomes(passed=1)


def test_a_folder_is_named_in_the_ini_file(project: pytest.Pytester, elsewhere: Path) -> None:
    project.makepyfile(TEST)
    project.makeini("[pytest]\nairside_dags_folder = flows")
    project.runpytest("-p", "no:randomly").assert_outcomes(passed=1)


def test_in_a_workspace_its_settings_name_the_folder(project: pytest.Pytester, elsewhere: Path) -> None:
    (project.path / "airside.toml").write_text('[workspace]\nname = "sales"\ndags = "flows"\n')
    (project.path / "tests").mkdir()
    (project.path / "tests" / "test_orders.py").write_text(
        "def test_orders(dag_run):\n    dag_run('orders', only='extract')\n"
    )
    project.runpytest().assert_outcomes(passed=1)


def test_without_a_folder_the_test_says_how_to_name_it(project: pytest.Pytester, elsewhere: Path) -> None:
    project.makepyfile(TEST)
    done = project.runpytest()
    done.stdout.fnmatch_lines(
        ["E*UsageError: There is no folder of workflows at *dags", "E       Name it with --dags-folder."]
    )


def test_a_workspace_whose_settings_do_not_hold_is_said(project: pytest.Pytester) -> None:
    (project.path / "airside.toml").write_text("[workspace]\nnme = 3\n")
    project.makepyfile(TEST)
    done = project.runpytest()
    done.stdout.fnmatch_lines(["E*WorkspaceError: airside.toml: *", "E*workspace.nme: unknown key*"])


@pytest.mark.parametrize("start", ["tests/dags", ".."])
def test_without_settings_it_does_not_matter_where_pytest_is_started(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, start: str
) -> None:
    (project.path / "tox.ini").unlink()
    tests = project.path / "tests" / "dags"
    tests.mkdir(parents=True)
    (tests / "test_orders.py").write_text(dedent(TEST))
    (tests / "orders.airside.yaml").write_text(
        "expect: {tasks: {extract: {output: [1, 2]}}}\ngiven: {only: [extract]}\n"
    )
    monkeypatch.chdir(project.path / start)
    done = project.runpytest("-p", "no:randomly", "-p", "no:cacheprovider", f"{tests}")
    done.assert_outcomes(passed=2)


HELPER = """
    from airflow.sdk import DAG, task
    from include.figures import double

    with DAG("figures"):
        @task
        def two():
            from include.figures import double as again
            return again(double(1))
        two()
"""


@pytest.fixture
def with_include(project: pytest.Pytester) -> pytest.Pytester:
    """A project whose workflows import modules from beside their folder, as those of Astronomer do."""
    (project.mkpydir("include") / "figures.py").write_text("def double(number):\n    return 2 * number\n")
    (project.path / "dags" / "figures.py").write_text(dedent(HELPER))
    project.makepyfile(
        """
        def test_figures(dag_run):
            assert dag_run("figures")["two"].output == 4

        def test_the_dag_is_there(dags):
            assert dags.tasks

        def test_own_dag(dag_run):
            from airflow.sdk import DAG, task

            with DAG("own") as dag:
                @task
                def one():
                    from include.figures import double
                    return double(1)
                one()
            assert dag_run(dag)["one"].output == 2
        """
    )
    return project


@pytest.mark.slow
def test_workflows_import_from_where_pytest_is_told_to(with_include: pytest.Pytester) -> None:
    with_include.makeini("[pytest]\naddopts = -p no:randomly -p no:cacheprovider\npythonpath = .")
    with_include.runpytest_subprocess().assert_outcomes(passed=4)


@pytest.mark.slow
def test_workflows_import_from_where_python_is_told_to(
    with_include: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(with_include.path))
    with_include.runpytest_subprocess().assert_outcomes(passed=4)
