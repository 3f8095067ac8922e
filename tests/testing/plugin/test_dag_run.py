import pytest


def test_a_workflow_runs_and_each_task_can_be_looked_at(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        def test_orders(dag_run):
            run = dag_run("orders", connections={"dwh": "postgres://user@warehouse/db"}, variables={"limit": 2})
            run.assert_success()
            assert run.states == {"extract": "success", "transform": "success", "load": "success"}
            assert run["transform"].output == [2, 4]
            assert "loading 2" in run["load"].log
            assert run.contract.connections == ("dwh",)
            assert run.contract.missing == ()
        """
    )
    project.runpytest().assert_outcomes(passed=1)


def test_a_failed_run_shows_the_tasks_traceback_and_what_to_give_and_no_frame_of_ours(
    project: pytest.Pytester,
) -> None:
    project.makepyfile(
        """
        def test_orders(dag_run):
            dag_run("orders").assert_success()
        """
    )
    done = project.runpytest()
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines(
        [
            '>       dag_run("orders").assert_success()',
            "E       AssertionError: The workflow 'orders' failed (2 success, 1 failed).",
            "E       load failed:",
            "E         Traceback (most recent call last):",
            'E           File "*dags/orders.py", line 17, in load',
            "E         The connection 'dwh', which it asks for at dags/orders.py:17, is not given. Add:",
            "E           from airside.testing import postgres",
            'E           connections={"dwh": postgres()}',
            "E         log:",
            "E           loading 2",
            "*test_a_failed_run_shows*:2: AssertionError",
        ],
        consecutive=False,
    )
    assert "airside/testing" not in done.stdout.str()


def test_a_test_that_fails_for_another_reason_shows_what_became_of_its_runs(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        def test_orders(dag_run):
            run = dag_run("orders")
            assert run["load"].output == 2
        """
    )
    done = project.runpytest()
    done.stdout.fnmatch_lines(
        ["*workflow orders*", "The workflow 'orders' failed*", '*connections={"dwh": postgres()}']
    )


@pytest.mark.parametrize(
    ("call", "says"),
    [
        ('dag_run("oders")', "no workflow 'oders'*orders*"),
        ('dag_run("orders", variable={})', "A run can be given no 'variable'; did you mean 'variables'?"),
        ('dag_run("orders", connections={"dwh": 3})', "The connection 'dwh' is a int"),
        ("dag_run(len)", "A workflow is its id or a DAG, not a builtin_function_or_method"),
        ('dag_run("orders", only="extract")["lod"]', "The workflow 'orders' has no task 'lod'; did you mean 'load'?"),
        ('task_run("orders")', "'orders' names no workflow"),
    ],
)
def test_a_mistake_of_the_test_is_said_at_its_line(project: pytest.Pytester, call: str, says: str) -> None:
    project.makepyfile(f"def test_orders(dag_run, task_run):\n    {call}\n")
    done = project.runpytest()
    done.assert_outcomes(failed=1)
    done.stdout.fnmatch_lines([f">       {call}", f"E       airside.base.errors.UsageError: *{says}"])
    assert "airside/testing" not in done.stdout.str()


def test_one_task_runs_with_what_those_above_it_returned(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        def test_transform(task_run):
            transform = task_run("orders.transform", xcoms={"extract": [5]}, variables={"limit": "3"})
            transform.assert_success()
            assert transform.output == [15]
            assert transform.run.order == ["transform"]

        def test_transform_named_apart(task_run):
            assert task_run("transform", workflow="orders", xcoms={"extract": [5]}).output == [5]

        def test_load(task_run):
            task_run("orders.load", xcoms={"transform": [5]}).assert_success()
        """
    )
    done = project.runpytest()
    done.assert_outcomes(passed=2, failed=1)
    done.stdout.fnmatch_lines(["E       AssertionError: load is failed", '*connections={"dwh": postgres()}'])


def test_a_dag_that_the_test_makes_runs(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        from airflow.providers.standard.operators.bash import BashOperator
        from airflow.sdk import DAG

        def test_own(dag_run):
            with DAG("own") as dag:
                BashOperator(task_id="say", bash_command="echo {{ ds }}")
            run = dag_run(dag, logical_date="2026-03-04")
            assert run["say"].output == "2026-03-04"
        """
    )
    project.runpytest_subprocess().assert_outcomes(passed=1)


def test_the_process_of_the_test_is_not_touched(project: pytest.Pytester) -> None:
    (project.path / "dags" / "rude.py").write_text(
        "import os\nfrom airflow.sdk import DAG, task\nwith DAG('rude'):\n    @task\n    def leave():\n"
        "        os.environ['RUDE'] = '1'\n        os._exit(7)\n    leave()\n"
    )
    project.makepyfile(
        """
        import os, sys

        def test_rude(dag_run):
            run = dag_run("rude")
            run.assert_failed()
            assert "RUDE" not in os.environ
            assert "airflow" not in sys.modules

        def test_next(dag_run):
            assert dag_run("orders")["extract"].output == [1, 2]
        """
    )
    project.runpytest_subprocess().assert_outcomes(passed=2)
