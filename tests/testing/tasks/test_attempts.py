from datetime import UTC, datetime

import pytest
from flow_runs import Flow, of

from airside.base.errors import UsageError


def test_what_a_task_logs_and_prints_is_its_log(flow: Flow) -> None:
    outcome = flow("""
        import logging
        with DAG("flow"):
            @task
            def one():
                print("printed")
                logging.getLogger("mine").warning("logged %s", 1)
                logging.getLogger("mine").debug("not at this level")
            one()
    """)

    assert of(outcome, "one").log[:2] == ("printed", "WARNING logged 1")


def test_an_output_is_what_a_task_below_gets(flow: Flow) -> None:
    outcome = flow("""
        import datetime
        with DAG("flow"):
            @task
            def one():
                return {"day": datetime.date(2026, 1, 2), "n": (1, 2)}
            @task
            def two(found):
                return [str(found["day"]), list(found["n"])]
            two(one())
    """)

    assert of(outcome, "two").output == ["2026-01-02", [1, 2]]
    assert str(of(outcome, "one").output["day"]) == "2026-01-02"


def test_an_output_that_is_no_json_fails_the_task(flow: Flow) -> None:
    outcome = flow("""
        with DAG("flow"):
            @task
            def one():
                return object()
            one()
    """)

    error = of(outcome, "one").error
    assert outcome.state == "failed"
    assert error is not None
    assert error.type == "TypeError"


def test_rendered_fields_are_those_of_airflow(flow: Flow) -> None:
    outcome = flow(
        """
        from airflow.providers.standard.operators.bash import BashOperator
        with DAG("flow"):
            BashOperator(task_id="one", bash_command="echo {{ ds }} {{ var.value.who }} {{ dag_run.conf['n'] }}")
        """,
        variables={"who": "me"},
        conf={"n": 3},
    )

    assert of(outcome, "one").rendered["bash_command"] == "echo 2026-01-02 me 3"
    assert of(outcome, "one").output == "2026-01-02 me 3"


def test_a_failure_has_the_traceback_of_the_workflow_and_its_line(flow: Flow) -> None:
    outcome = flow("""
        def divide(n):
            return 1 / n
        with DAG("flow"):
            @task
            def one():
                try:
                    divide(0)
                except ZeroDivisionError as error:
                    raise ValueError("no") from error
            one()
    """)

    error = of(outcome, "one").error
    assert error is not None
    assert (error.type, error.message, error.file, error.line) == ("ValueError", "no", "dags/flow.py", 11)
    assert "return 1 / n" in error.traceback
    assert "task_runner.py" not in error.traceback


def test_tries_go_on_without_waiting_until_one_succeeds(flow: Flow) -> None:
    outcome = flow("""
        import datetime
        with DAG("flow"):
            @task(retries=3, retry_delay=datetime.timedelta(hours=1))
            def one():
                if get_current_context()["ti"].try_number < 3:
                    raise ValueError("not yet")
                return "now"
            one()
    """)

    assert (of(outcome, "one").tries, of(outcome, "one").output) == (3, "now")
    assert outcome.duration < 5


def test_a_task_that_says_so_is_not_tried_again(flow: Flow) -> None:
    outcome = flow("""
        from airflow.sdk.exceptions import AirflowFailException
        with DAG("flow"):
            @task(retries=3)
            def one():
                raise AirflowFailException("never")
            one()
    """)

    assert (of(outcome, "one").tries, of(outcome, "one").state) == (1, "failed")


def test_an_execution_timeout_ends_a_task(flow: Flow) -> None:
    outcome = flow("""
        import datetime, time
        with DAG("flow"):
            @task(execution_timeout=datetime.timedelta(seconds=0.2))
            def one():
                time.sleep(20)
            one()
    """)

    error = of(outcome, "one").error
    assert error is not None
    assert error.type == "AirflowTaskTimeout"


def test_callbacks_that_ran_are_told_of(flow: Flow) -> None:
    outcome = flow("""
        def told(context):
            print("told", context["exception"])
        def ended(context):
            print("ended", context["reason"])
        def before(context): ...
        with DAG("flow", on_failure_callback=ended):
            @task(on_failure_callback=told, on_execute_callback=before)
            def one():
                raise ValueError("no")
            one()
    """)

    assert of(outcome, "one").tells == ("before", "told")
    assert "told no" in of(outcome, "one").log
    assert outcome.tells == ("ended",)


def test_xcoms_under_other_keys_are_kept(flow: Flow) -> None:
    outcome = flow("""
        with DAG("flow"):
            @task(multiple_outputs=True)
            def one():
                get_current_context()["ti"].xcom_push("more", [1])
                return {"a": 1, "b": 2}
            @task
            def two(a):
                ti = get_current_context()["ti"]
                return [a, ti.xcom_pull(task_ids="one", key="more"), ti.xcom_pull(task_ids="one", key="nix", default=7)]
            two(one()["a"])
    """)

    assert of(outcome, "one").xcoms == {"more": [1], "a": 1, "b": 2, "return_value": {"a": 1, "b": 2}}
    assert of(outcome, "two").output[:2] == [1, [1]]


def test_params_that_are_not_valid_fail(flow: Flow) -> None:
    outcome = flow(
        """
        with DAG("flow", params={"n": Param(1, type="integer", maximum=5)}):
            @task
            def one(params=None):
                return params["n"]
            one()
        """,
        conf={"n": 9},
    )

    assert outcome.state in {"failed", None}


def test_params_come_from_the_conf(flow: Flow) -> None:
    outcome = flow(
        """
        with DAG("flow", params={"n": Param(1, type="integer", maximum=5)}):
            @task
            def one(params=None):
                return params["n"]
            one()
        """,
        conf={"n": 4},
    )

    assert of(outcome, "one").output == 4


def test_the_clock_stands_where_the_test_says(flow: Flow) -> None:
    outcome = flow(
        """
        import datetime, time
        from airflow.sdk import timezone
        with DAG("flow"):
            @task
            def one():
                time.sleep(0.01)
                return [datetime.datetime.now(datetime.timezone.utc).isoformat(), timezone.utcnow().isoformat()]
            one()
        """,
        clock=datetime(2026, 1, 5, 6, tzinfo=UTC),
    )

    assert of(outcome, "one").output == ["2026-01-05T06:00:00+00:00"] * 2


def test_secrets_are_masked_in_log_and_rendered_fields(flow: Flow) -> None:
    outcome = flow(
        """
        from airflow.providers.standard.operators.bash import BashOperator
        with DAG("flow"):
            BashOperator(task_id="one", bash_command="echo {{ conn.api.password }}")
        """,
        connections={"api": {"conn_type": "http", "password": "hunter22"}},
    )

    assert of(outcome, "one").rendered["bash_command"] == "echo ***"
    assert not any("hunter22" in line for line in of(outcome, "one").log)


def test_what_other_programs_print_is_in_the_log(flow: Flow) -> None:
    outcome = flow("""
        import subprocess
        with DAG("flow"):
            @task
            def one():
                subprocess.run("echo out; echo err >&2", shell=True, check=True)
            @task
            def two():
                print("mine")
            one() >> two()
    """)

    assert {"out", "err"} <= set(of(outcome, "one").log)
    assert of(outcome, "two").log[0] == "mine"


def test_a_task_that_ends_its_process_has_failed(flow: Flow) -> None:
    outcome = flow("""
        import sys
        with DAG("flow"):
            @task
            def one():
                sys.exit(3)
            one()
    """)

    error = of(outcome, "one").error
    assert error is not None
    assert (error.type, error.message, error.line) == ("SystemExit", "3", 7)


def test_loggers_of_airflow_can_be_asked_for_their_level(flow: Flow) -> None:
    outcome = flow("""
        from airflow.providers.standard.operators.python import ShortCircuitOperator
        with DAG("flow"):
            @task
            def below(): ...
            ShortCircuitOperator(task_id="one", python_callable=lambda: False) >> below()
    """)

    assert [of(outcome, name).state for name in ("one", "below")] == ["success", "skipped"]


def test_the_run_is_what_the_api_tells_of_it(flow: Flow) -> None:
    outcome = flow(
        """
        with DAG("flow"):
            @task
            def one(dag_run, logical_date):
                dates = [type(date).__name__ for date in (dag_run.logical_date, logical_date)]
                return [*dates, dag_run.conf, dag_run.run_type]
            one()
        """,
        conf={"n": (1, 2)},
    )

    assert of(outcome, "one").output == ["datetime", "DateTime", {"n": [1, 2]}, "manual"]


def test_a_conf_that_is_no_json_is_refused(flow: Flow) -> None:
    with pytest.raises(UsageError, match="no JSON"):
        flow(
            """
            with DAG("flow"):
                @task
                def one(): ...
                one()
            """,
            conf={"n": {1, 2}},
        )
