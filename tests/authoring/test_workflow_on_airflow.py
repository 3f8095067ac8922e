"""Workflows on a running Airflow with Postgres, which serves a release: the states that a person sees."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from airflow_place import Place, until

from airside.platform.ports import free_port

pytestmark = [pytest.mark.platform, pytest.mark.slow(together=True)]

SETTINGS = """\
[workspace]
name = "sales-flows"
include = ["lib", "configs"]
[platform]
databases = ["warehouse"]
[defaults]
team = "sales"
retries = 0
[environments.production]
"""
CONFIG = "workflow:\n  tags: [from-config]\nbatch: 1\n"
FLOWS = """\
'''Workflows: each word of this dag file runs on airflow.'''
from datetime import timedelta

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.sensors.time_delta import TimeDeltaSensor
from airflow.sdk import DAG, get_current_context, setup, task, task_group, teardown
from airside import checks, workflow


@workflow(checks=[
    checks.connection("warehouse"),
    checks.sql("warehouse", "SELECT count(*) FROM pg_database", at_least=1),
    checks.sql("warehouse", "SELECT '{{ dag.dag_id }}'", equals="kinds", task_id="templated"),
    checks.config_valid("kinds"),
    checks.file("/etc/hosts"),
    checks.free_space("/"),
])
def kinds():
    @setup
    def prepare(): ...
    @teardown
    def clean(): ...
    @task
    def numbers(): return [1, 2]
    @task
    def copy(number): ...
    @task_group
    def each(number):
        copy.override(task_id="deep")(number)
    @task
    def facts():
        dag = get_current_context()["dag"]
        return {"owner": dag.default_args["owner"], "tags": sorted(dag.tags)}

    listed = numbers()
    prepared, cleaned = prepare(), clean()
    prepared >> listed
    copy.expand(number=listed) >> cleaned
    prepared >> cleaned
    each.expand(number=[1, 2])
    waited = TimeDeltaSensor(task_id="deferred", delta=timedelta(seconds=0), deferrable=True)
    BashOperator(task_id="classic", bash_command="true") >> waited >> facts()

kinds()

with workflow("stopped", checks=[
    checks.sql("warehouse", "SELECT 0", at_least=1), checks.free_space("/", task_id="room")]) as stopped:
    BashOperator(task_id="work", bash_command="true") >> BashOperator(
        task_id="mail", bash_command="true", trigger_rule="all_done")

with workflow("failing", checks=[checks.free_space("/")]) as failing:
    BashOperator(task_id="work", bash_command="false")

with DAG("plain", schedule=None) as plain:
    checks.free_space("/") >> BashOperator(task_id="work", bash_command="true")
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    place = Place(tmp_path_factory.mktemp("workflow"), SETTINGS)
    place.write("dags/flows.py", FLOWS)
    place.write("configs/kinds.yaml", CONFIG)
    place.commit()
    port = str(free_port(28450))
    try:
        place.airside("up", "--detach", "--track", "production", "--port", port)
        place.deploy("first")
        yield place
    finally:
        place.airside("down")
        place.airside("clean")


def run(place: Place, workflow: str) -> tuple[str, str, dict[str, str | None]]:
    client = place.client()
    name = client.trigger(workflow, {})
    until(lambda: client.run_state(workflow, name).state in {"success", "failed"})
    return name, client.run_state(workflow, name).state, client.task_states(workflow, name)


def test_every_kind_of_task_does_its_work_between_checks_and_summary(place: Place) -> None:
    name, state, states = run(place, "kinds")
    assert (state, set(states.values())) == ("success", {"success"})
    assert len([task for task in states if task.startswith("checks.")]) == 6
    facts = place.client().result("kinds", name, "facts")
    assert facts == {"owner": "sales", "tags": ["from-config", "team:sales"]}


def test_a_failed_check_fails_the_run_although_a_task_runs_whatever_happened(place: Place) -> None:
    name, state, states = run(place, "stopped")
    assert (state, states) == (
        "failed",
        {
            "checks.sql_warehouse": "failed",
            "checks.room": "success",
            "checks.passed": "upstream_failed",
            "work": "upstream_failed",
            "mail": "success",
            "summary": "success",
        },
    )
    logs = Path(place.root, ".airside", "logs").rglob(
        f"dag_id=stopped/run_id={name}/task_id=checks.sql_warehouse/*.log"
    )
    said = "".join(log.read_text() for log in logs)
    assert '"exc_type":"CheckFailedError"' in said.replace(": ", ":")
    assert "The query on 'warehouse' returned 0, expected at least 1: SELECT 0" in said


def test_a_failure_of_the_work_stays_one_and_a_plain_dag_is_untouched(place: Place) -> None:
    assert run(place, "failing")[1:] == (
        "failed",
        {"checks.free_space": "success", "work": "failed", "summary": "success"},
    )
    assert run(place, "plain")[1:] == ("success", {"free_space": "success", "work": "success"})
