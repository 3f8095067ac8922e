from pathlib import Path
from typing import get_args

import pytest
from airflow.sdk.execution_time.comms import GetXCom, ToSupervisor
from flow_runs import Flow, of

from airside.testing.given import Answer
from airside.testing.outcome import AssetEvent, TaskKey, Trigger
from airside.testing.tasks.execution_api.comms import Comms, UnansweredError


def test_a_question_without_an_answer_is_an_error() -> None:
    with pytest.raises(UnansweredError, match="GetXCom"):
        Comms().send(GetXCom(key="a", dag_id="d", run_id="r", task_id="t"))


def test_every_message_of_the_supervisor_is_answered(flow: Flow) -> None:
    outcome = flow("""
        with DAG("flow"):
            @task
            def one():
                from airflow.sdk.execution_time import task_runner
                return sorted(kind.__name__ for kind in task_runner.SUPERVISOR_COMMS.knows())
            one()
    """)

    messages = {kind.__name__ for kind in get_args(get_args(ToSupervisor)[0])}
    assert messages - set(of(outcome, "one").output) == set()


def test_a_human_has_answered(flow: Flow) -> None:
    outcome = flow(
        """
        from airflow.providers.standard.operators.hitl import ApprovalOperator, HITLOperator, HITLBranchOperator
        with DAG("flow"):
            HITLOperator(task_id="one", subject="?", options=["a", "b"], params={"why": ""}) >> [
                ApprovalOperator(task_id="two", subject="?", fail_on_reject=True)]
        """,
        answers={"one": Answer(("b",), {"why": "x"}), "two": Answer(("Reject",))},
    )

    assert of(outcome, "one").output["chosen_options"] == ["b"]
    assert of(outcome, "one").output["params_input"] == {"why": "x"}
    error = of(outcome, "two").error
    assert error is not None
    assert error.type == "HITLRejectException"


def test_an_output_that_a_task_alone_wants_and_is_not_given_is_named(flow: Flow) -> None:
    text = """
        with DAG("flow"):
            @task
            def one():
                return 1

            @task
            def two(number):
                return number

            two(one())
    """

    outcome = flow(text, only=("two",))
    assert [line for line in of(outcome, "two").log if "xcoms={'one': …}" in line]
    given = flow(text, only=("two",), xcoms={"one": None})
    assert "xcoms" not in "".join(of(given, "two").log)


def test_each_instance_has_its_own_answer_and_event(flow: Flow) -> None:
    outcome = flow(
        """
        from airflow.providers.standard.operators.hitl import HITLOperator
        from airflow.providers.standard.triggers.temporal import TimeDeltaTrigger
        from airflow.sdk import BaseOperator

        class Wait(BaseOperator):
            def __init__(self, *, n, **options):
                super().__init__(**options)
                self.n = n

            def execute(self, context):
                import datetime
                self.defer(trigger=TimeDeltaTrigger(datetime.timedelta(hours=1)), method_name="end")

            def end(self, context, event):
                return event

        with DAG("flow"):
            HITLOperator.partial(task_id="ask", options=["a", "b"]).expand(subject=["?", "!"])
            Wait.partial(task_id="wait").expand(n=[1, 2])
        """,
        answers={"ask": Answer(("a",)), "ask[1]": Answer(("b",))},
        events={"wait": "one", "wait[1]": "other"},
    )

    asked = [of(outcome, f"ask[{index}]").output["chosen_options"] for index in range(2)]
    assert asked == [["a"], ["b"]]
    assert [of(outcome, f"wait[{index}]").output for index in range(2)] == ["one", "other"]


def test_nobody_answers(flow: Flow) -> None:
    outcome = flow("""
        import datetime
        from airflow.providers.standard.operators.hitl import HITLOperator
        hour = datetime.timedelta(hours=1)
        with DAG("flow"):
            HITLOperator(task_id="one", subject="?", options=["a", "b"], response_timeout=hour)
            HITLOperator(task_id="two", subject="?", options=["a", "b"], response_timeout=hour, defaults=["a"])
    """)

    error = of(outcome, "one").error
    assert error is not None
    assert error.type == "HITLTimeoutError"
    assert any("answers={'one': 'a'}" in line for line in of(outcome, "one").log)
    assert of(outcome, "two").output["chosen_options"] == ["a"]


def test_assets_that_changed_are_told_of(flow: Flow) -> None:
    outcome = flow("""
        raw, clean = Asset("raw", uri="s3://raw"), Asset("clean")
        with DAG("flow"):
            @task(outlets=[raw, AssetAlias("some")])
            def one(*, outlet_events):
                outlet_events[raw].extra = {"rows": 3}
                outlet_events[AssetAlias("some")].add(Asset("found"), extra={"b": 1})
            @task(outlets=[clean], inlets=[raw, AssetAlias("some")])
            def two(*, inlet_events):
                yield Metadata(clean, {"seen": [event.extra["rows"] for event in inlet_events[raw]]})
            @task(inlets=[AssetAlias("some")])
            def three(*, inlet_events):
                return [event.asset.name for event in inlet_events[AssetAlias("some")]]
            one() >> two() >> three()
    """)

    assert outcome.asset_events == (
        AssetEvent("raw", "s3://raw/", TaskKey("one"), {"rows": 3}),
        AssetEvent("found", "found", TaskKey("one"), {"b": 1}),
        AssetEvent("clean", "clean", TaskKey("two"), {"seen": [3]}),
    )
    assert of(outcome, "three").output == ["found"]


def test_a_task_that_fails_changes_no_asset(flow: Flow) -> None:
    outcome = flow("""
        with DAG("flow"):
            @task(outlets=[Asset("raw")])
            def one():
                raise ValueError("no")
            one()
    """)

    assert outcome.asset_events == ()


def test_the_events_that_started_the_run_are_there(flow: Flow) -> None:
    outcome = flow(
        """
        raw = Asset("raw", uri="s3://raw")
        with DAG("flow", schedule=[raw]):
            @task
            def one(*, triggering_asset_events):
                return [[event.extra, event.asset.uri] for event in triggering_asset_events[raw]]
            one()
        """,
        asset_events={"s3://raw": ({"rows": 3}, {"rows": 4})},
        logical_date=None,
    )

    assert of(outcome, "one").output == [[{"rows": 3}, "s3://raw/"], [{"rows": 4}, "s3://raw/"]]


def test_runs_that_a_task_triggers_are_told_of(flow: Flow) -> None:
    outcome = flow(
        """
        from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
        with DAG("flow"):
            TriggerDagRunOperator(task_id="one", trigger_dag_id="other", trigger_run_id="r1", conf={"n": "{{ ds }}"})
            TriggerDagRunOperator(task_id="two", trigger_dag_id="good", wait_for_completion=True)
            TriggerDagRunOperator(task_id="three", trigger_dag_id="bad", wait_for_completion=True)
            TriggerDagRunOperator(task_id="four", trigger_dag_id="good", wait_for_completion=True, deferrable=True)
        """,
        counts={"bad": "failed", "good": "success"},
    )

    assert outcome.triggered[0] == Trigger("other", TaskKey("one"), "r1", {"n": "2026-01-02"})
    states = {name: of(outcome, name).state for name in ("one", "two", "three", "four")}
    assert states == {"one": "success", "two": "success", "three": "failed", "four": "success"}


def test_a_run_that_is_there_already_is_not_triggered_again(flow: Flow) -> None:
    outcome = flow("""
        from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
        with DAG("flow"):
            one = TriggerDagRunOperator(task_id="one", trigger_dag_id="other", trigger_run_id="r1")
            two = TriggerDagRunOperator(
                task_id="two", trigger_dag_id="other", trigger_run_id="r1", skip_when_already_exists=True)
            one >> two
    """)

    assert of(outcome, "two").state == "skipped"


def test_tasks_and_assets_keep_state(flow: Flow) -> None:
    outcome = flow("""
        raw = Asset("raw")
        with DAG("flow"):
            @task(retries=1, outlets=[raw])
            def one():
                context = get_current_context()
                store = context["task_state_store"]
                if context["ti"].try_number == 1:
                    store.set("job", {"id": 7})
                    context["asset_state_store"][raw].set("mark", 3)
                    raise ValueError("again")
                return [store.get("job"), store.get("none")]
            @task(inlets=[raw])
            def two():
                return get_current_context()["asset_state_store"][raw].get("mark")
            one() >> two()
    """)

    assert of(outcome, "one").output == [{"id": 7}, None]
    assert of(outcome, "two").output == 3


def test_a_task_knows_of_its_run(flow: Flow) -> None:
    outcome = flow("""
        with DAG("flow"):
            @task
            def one():
                return 1
            @task
            def two():
                context = get_current_context()
                ti = context["ti"]
                return {
                    "count": ti.get_ti_count("flow", task_ids=["one"], states=["success"], run_ids=[ti.run_id]),
                    "states": ti.get_task_states("flow", task_ids=["one"], run_ids=[ti.run_id])[ti.run_id],
                    "crumbs": [crumb["task_id"] for crumb in ti.get_task_breadcrumbs("flow", ti.run_id)],
                    "state": str(ti.get_dagrun_state("flow", ti.run_id).value),
                    "before": ti.get_previous_dagrun(),
                    "success": str(context["prev_start_date_success"]),
                }
            one() >> two()
    """)

    assert of(outcome, "two").output == {
        "count": 1,
        "states": {"one": "success"},
        "crumbs": ["one"],
        "state": "running",
        "before": None,
        "success": "None",
    }


def test_a_branch_skips_what_it_does_not_choose(flow: Flow) -> None:
    outcome = flow("""
        with DAG("flow"):
            @task.branch
            def choose():
                return "left"
            @task
            def left(): ...
            @task
            def right(): ...
            choose() >> [left(), right()]
    """)

    assert [of(outcome, name).state for name in ("left", "right")] == ["success", "skipped"]


BACKEND = """
from pathlib import Path
from airflow.sdk.bases.xcom import BaseXCom

class Backend(BaseXCom):
    @staticmethod
    def serialize_value(value, **more):
        return BaseXCom.serialize_value({"kept": value})

    @staticmethod
    def deserialize_value(result):
        return BaseXCom.deserialize_value(result)["kept"]
"""


def test_a_backend_for_xcoms_does_its_part(flow: Flow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "flow_backend.py").write_text(BACKEND)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("AIRFLOW__CORE__XCOM_BACKEND", "flow_backend.Backend")
    outcome = flow("""
        with DAG("flow"):
            @task
            def one():
                return [1, 2]
            @task
            def two(found):
                from airflow.sdk.execution_time.xcom import XCom
                return [XCom.__name__, found]
            two(one())
    """)

    assert of(outcome, "one").output == [1, 2]
    assert of(outcome, "two").output == ["Backend", [1, 2]]


def test_mapped_tasks_get_each_their_part(flow: Flow) -> None:
    outcome = flow("""
        with DAG("flow"):
            @task
            def one():
                return [1, 2, 3]
            @task
            def two(n):
                return n * 10
            @task
            def three(found):
                return [sum(found), found[-1], list(found[1:]), len(found)]
            three(two.expand(n=one()))
    """)

    assert of(outcome, "two[2]").output == 30
    assert of(outcome, "three").output == [60, 30, [20, 30], 3]


def test_python_in_another_environment_speaks_to_its_supervisor(flow: Flow) -> None:
    outcome = flow(
        """
        import sys
        with DAG("flow"):
            @task.external_python(python=sys.executable, expect_airflow=False)
            def one():
                import logging
                from airflow.sdk import Variable
                print("printed")
                logging.getLogger("there").warning("logged")
                return Variable.get("limit")
            one()
        """,
        variables={"limit": "10"},
    )

    assert of(outcome, "one").output == "10"
    assert {"INFO printed", "WARNING logged"} <= set(of(outcome, "one").log)
    assert [(need.name, need.is_given, need.line) for need in outcome.needs] == [("limit", True, 5)]


def test_an_asset_that_is_named_through_an_alias_as_well_changes_twice(flow: Flow) -> None:
    outcome = flow("""
        raw = Asset("raw")
        with DAG("flow"):
            @task(outlets=[raw, AssetAlias("some")])
            def one(*, outlet_events):
                outlet_events[AssetAlias("some")].add(raw, extra={"b": 1})
            one()
    """)

    assert [event.extra for event in outcome.asset_events] == [{}, {"b": 1}]
