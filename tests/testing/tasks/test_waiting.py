from datetime import UTC, datetime
from pathlib import Path

import pytest
from flow_runs import Flow, of

SENSOR = """
    looks = []
    with DAG("flow"):
        @task.sensor(poke_interval=600, timeout=3600, mode="{mode}")
        def one():
            looks.append(1)
            return len(looks) >= {enough}
        one()
    """


@pytest.mark.parametrize("mode", ["poke", "reschedule"])
def test_a_sensor_looks_again_without_waiting(flow: Flow, mode: str) -> None:
    outcome = flow(SENSOR.format(mode=mode, enough=4))

    assert (of(outcome, "one").state, of(outcome, "one").tries) == ("success", 1)
    assert outcome.duration < 5


@pytest.mark.parametrize("mode", ["poke", "reschedule"])
def test_a_sensor_that_finds_nothing_has_its_time_out(flow: Flow, mode: str) -> None:
    outcome = flow(SENSOR.format(mode=mode, enough=400))

    error = of(outcome, "one").error
    assert error is not None
    assert error.type == "AirflowSensorTimeout"


def test_a_sensor_with_a_week_of_patience_has_an_end(flow: Flow) -> None:
    outcome = flow("""
        with DAG("flow"):
            @task.sensor(poke_interval=1, mode="reschedule", soft_fail=True)
            def one():
                return False
            one()
    """)

    assert of(outcome, "one").state == "skipped"
    assert outcome.duration < 10


def test_the_clock_moves_while_a_sensor_waits(flow: Flow) -> None:
    outcome = flow(
        """
        import datetime
        with DAG("flow"):
            @task.sensor(poke_interval=600, timeout=36000)
            def one():
                return datetime.datetime.now().hour >= 8
            @task
            def two():
                return datetime.datetime.now().hour
            one() >> two()
        """,
        clock=datetime(2026, 1, 2, 6, tzinfo=UTC),
    )

    assert of(outcome, "two").output == 6


def test_a_sensor_for_another_workflow_finds_what_the_test_gives(flow: Flow) -> None:
    text = """
        from airflow.providers.standard.sensors.external_task import ExternalTaskSensor
        with DAG("flow"):
            ExternalTaskSensor(task_id="run", external_dag_id="other", timeout=600)
            ExternalTaskSensor(task_id="task", external_dag_id="other", external_task_id="load", timeout=600)
            ExternalTaskSensor(task_id="group", external_dag_id="other", external_task_group_id="g", timeout=600)
    """
    outcome = flow(text, counts={"other": "success"})
    assert {task.state for task in outcome.tasks} == {"success"}

    outcome = flow(text, counts={"other.load": "success", "other.g": "running"})
    assert [of(outcome, name).state for name in ("run", "task", "group")] == ["failed", "success", "failed"]
    assert any("counts={'other': 'success'}" in line for line in of(outcome, "run").log)


DEFERS = """
    import asyncio, datetime
    from airflow.sdk import BaseOperator
    from airflow.providers.standard.triggers.temporal import TimeDeltaTrigger
    class Defers(BaseOperator):
        def __init__(self, *, trigger, limit=None, **more):
            super().__init__(**more)
            self.trigger, self.limit = trigger, limit
        def execute(self, context):
            self.defer(trigger=self.trigger, method_name="resume", kwargs={"kept": {1, 2}}, timeout=self.limit)
        def resume(self, context, kept, event):
            return [sorted(kept), event if isinstance(event, (dict, str)) else "moment"]
    """


TRIGGERS = """
import asyncio
from airflow.sdk import BaseHook, Connection
from airflow.triggers.base import BaseTrigger, TaskSuccessEvent, TriggerEvent

class Never(BaseTrigger):
    def serialize(self):
        return f"flow_triggers.{type(self).__name__}", {}

    async def run(self):
        while True:
            await asyncio.sleep(1)
        yield TriggerEvent(None)

class Breaks(Never):
    async def run(self):
        raise ValueError("broken")
        yield

class Asks(Never):
    async def run(self):
        one = await BaseHook.aget_connection("dwh")
        two = await asyncio.to_thread(Connection.get, "dwh")
        yield TriggerEvent(f"{one.host} {two.host}")

class Ends(Never):
    async def run(self):
        yield TaskSuccessEvent(xcoms={"a": 1})
"""


@pytest.fixture(autouse=True)
def triggers(tmp_path: Path) -> None:
    """Have triggers in a module, from which Airflow imports them."""
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags" / "flow_triggers.py").write_text(TRIGGERS)


def test_a_trigger_can_end_the_task_itself(flow: Flow) -> None:
    outcome = flow(
        DEFERS
        + """
    import flow_triggers
    def done(context): ...
    with DAG("flow"):
        Defers(task_id="one", trigger=flow_triggers.Ends(), on_success_callback=done)
    """
    )

    assert (of(outcome, "one").state, of(outcome, "one").xcoms, of(outcome, "one").tells) == (
        "success",
        {"a": 1},
        ("done",),
    )


def test_a_task_that_defers_goes_on_with_the_event_of_the_test(flow: Flow) -> None:
    outcome = flow(
        DEFERS
        + """
    with DAG("flow"):
        Defers(task_id="one", trigger=TimeDeltaTrigger(datetime.timedelta(days=3)))
    """,
        events={"one": {"status": "ok"}},
    )

    assert of(outcome, "one").output == [[1, 2], {"status": "ok"}]


def test_a_trigger_that_only_waits_fires_at_once(flow: Flow) -> None:
    outcome = flow(
        DEFERS
        + """
    with DAG("flow"):
        Defers(task_id="one", trigger=TimeDeltaTrigger(datetime.timedelta(days=3)))
    """
    )

    assert of(outcome, "one").output == [[1, 2], "moment"]
    assert outcome.duration < 5


@pytest.mark.parametrize("limit", ["datetime.timedelta(hours=1)", "None"])
def test_a_trigger_that_never_fires_fails_the_task_and_says_what_to_give(flow: Flow, limit: str) -> None:
    outcome = flow(
        DEFERS
        + f"""
    import flow_triggers
    with DAG("flow"):
        Defers(task_id="one", trigger=flow_triggers.Never(), limit={limit})
    """
    )

    error = of(outcome, "one").error
    assert error is not None
    assert error.type == "TaskDeferralTimeout"
    assert any("events={'one': payload}" in line for line in of(outcome, "one").log)


def test_a_trigger_that_breaks_fails_the_task(flow: Flow) -> None:
    outcome = flow(
        DEFERS
        + """
    import flow_triggers
    with DAG("flow"):
        Defers(task_id="one", trigger=flow_triggers.Breaks())
    """
    )

    error = of(outcome, "one").error
    assert error is not None
    assert error.type == "TaskDeferralError"
    assert any("ValueError: broken" in line for line in of(outcome, "one").log)


def test_a_trigger_looks_up_connections_of_the_test(flow: Flow) -> None:
    outcome = flow(
        DEFERS
        + """
    import flow_triggers
    with DAG("flow"):
        Defers(task_id="one", trigger=flow_triggers.Asks())
    """,
        connections={"dwh": "postgres://db"},
    )

    assert of(outcome, "one").output == [[1, 2], "db db"]
