"""R28 in a real Airflow: a workflow that uses its secrets, and shows what it must not, leaves them nowhere."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from airflow_place import Place, until
from canary import Canaries, descendants
from sealed import Identity, seal

pytestmark = [pytest.mark.platform, pytest.mark.slow(together=True)]

LEAKY = """\
import json
import logging
import sys
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import BaseOperator, Connection, Variable, dag, task
from airside import credentials
from canary_trigger import Asking

COMMAND = '''
cat <<"END"
got {{ conn.dwh.password }} {{ var.value.region }} {{ var.json.api.token }}
END
echo "and $SECRET"
echo "the last line is the result"
'''
REGION = Variable.get("region")
print("parsed:", REGION)
logging.getLogger("parsing").warning("logged: %s", REGION)

class Deferred(BaseOperator):
    def execute(self, context):
        self.defer(trigger=Asking(), method_name="resume")

    def resume(self, context, event):
        return event

@dag(schedule=None)
def leaky():
    templated = BashOperator(
        task_id="templated",
        bash_command=COMMAND,
        env={"SECRET": "{{ conn.dwh.extra_dejson.deep.token }}"},
    )

    @task
    def shown() -> int:
        cred, connection = credentials.get("dwh"), Connection.get("dwh")
        for value in (cred, cred.password, cred.uri, cred.extra, connection, connection.get_uri(), connection.extra):
            print("shown:", value, repr(value), file=sys.stderr)
        print(json.dumps({"token": Variable.get("api", deserialize_json=True), "password": cred.password}))
        return len(cred.password)

    @task(trigger_rule="all_done")
    def raised() -> None:
        raise ValueError(f"cannot connect with {Connection.get('dwh').get_uri()} or {REGION}")

    [templated >> shown(), Deferred(task_id="deferred")] >> raised()

leaky()
"""
TRIGGER = """\
from airflow.sdk import Connection
from airflow.triggers.base import BaseTrigger, TriggerEvent

class Asking(BaseTrigger):
    def serialize(self):
        return "canary_trigger.Asking", {}

    async def run(self):
        connection = await Connection.async_get("dwh")
        self.log.warning("triggered: %s", connection.password)
        yield TriggerEvent(len(connection.password))
"""


@dataclass
class Leaky:
    """A run of the workflow `leaky`, and the secrets that it used."""

    place: Place
    canaries: Canaries
    run: str

    def get(self, path: str) -> str:
        return json.dumps(self.place.client().session.call("GET", f"/api/v2/{path}"))

    @property
    def logs(self) -> str:
        files = (self.place.workspace.state / "logs" / "tasks").rglob("dag_id=leaky/**/*.log")
        return "".join(file.read_text(errors="replace") for file in files)


@pytest.fixture(scope="module")
def leaky(live: Place, identity: Identity) -> Iterator[Leaky]:
    canaries = Canaries()
    canaries.know(identity.secret.removeprefix("AGE-SECRET-KEY-1"), "the private age key")
    password = f"{canaries.new('password')}'\"%/\\é{canaries.new('the end of it')}"
    extra = {"deep": {"token": canaries.new("a token in extra")}}
    dwh = {"conn_type": "postgres", "host": "db.example.com", "login": "etl", "password": password, "extra": extra}
    variables = {"region": canaries.new("a variable"), "api": {"token": canaries.new("in the JSON of a variable")}}
    document = live.root / "secrets" / "dev.yaml"
    document.parent.mkdir(exist_ok=True)
    document.write_bytes(seal(json.dumps({"connections": {"dwh": dwh}, "variables": variables}), identity))
    # A trigger is a class of a package: the triggerer, which serves all bundles, imports it.
    trigger = next((live.root / ".airside" / "env" / "lib").glob("python*/site-packages")) / "canary_trigger.py"
    trigger.write_text(TRIGGER)
    live.write("dags/leaky.py", LEAKY)
    client = live.client()
    until(lambda: "leaky" in {workflow.id for workflow in client.workflows("dev")})
    run = client.trigger("leaky", {})
    until(lambda: client.run_state("leaky", run).state in {"success", "failed"})
    yield Leaky(live, canaries, run)
    (live.root / "dags/leaky.py").unlink()
    document.unlink()
    trigger.unlink()


def test_the_workflow_has_used_and_shown_what_it_must_not(leaky: Leaky) -> None:
    tasks = leaky.place.client().session.call("GET", f"/api/v2/dags/leaky/dagRuns/{leaky.run}/taskInstances")
    states = {task["task_id"]: task["state"] for task in tasks["task_instances"]}
    assert states == {"templated": "success", "shown": "success", "deferred": "success", "raised": "failed"}, leaky.logs
    assert "got *** *** ***" in leaky.logs
    assert "and ***" in leaky.logs
    assert "shown: ***" in leaky.logs
    assert "triggered: ***" in leaky.logs
    assert "cannot connect with postgres://etl:***@db.example.com" in leaky.logs


def test_no_file_of_the_platform_has_one(leaky: Leaky) -> None:
    """Its logs, its database with XComs, rendered fields and serialized workflows, its settings."""
    state = leaky.place.workspace.state
    folders = [folder for folder in (state, leaky.place.root) if folder.exists()]
    environment = leaky.place.root / ".airside" / "env"
    assert any(state.rglob("*.db"))
    assert leaky.canaries.in_files([*folders, Path("/dev/shm")], besides=environment.rglob("*")) == set()


def test_the_api_shows_none(leaky: Leaky) -> None:
    instance = f"dags/leaky/dagRuns/{leaky.run}/taskInstances"
    answers = {
        path: leaky.get(path)
        for path in (
            "connections",
            "variables",
            "dags/leaky/details",
            "dagSources/leaky",
            "importErrors",
            "eventLogs",
            f"dags/leaky/dagRuns/{leaky.run}",
            instance,
            f"{instance}/templated",
            *(f"{instance}/{name}/logs/1?full_content=true" for name in ("templated", "shown", "deferred", "raised")),
            *(f"{instance}/{name}/xcomEntries" for name in ("templated", "shown", "deferred")),
            f"{instance}/shown/xcomEntries/return_value",
        )
    }
    assert {path: found for path, text in answers.items() if (found := leaky.canaries.found(text))} == {}


def test_no_process_of_the_platform_has_one_in_its_arguments_or_environment(leaky: Leaky) -> None:
    supervisor = leaky.place.platform().components()
    roots = [component.pid for component in supervisor if component.pid]
    processes = {*roots, *(child for root in roots for child in descendants(root))}
    assert len(processes) > 4
    assert {found for number in processes for found in leaky.canaries.in_process(number)} == set()


def test_no_verb_shows_one_beside_a_running_airflow(leaky: Leaky) -> None:
    for words in (
        ["status"],
        ["logs"],
        ["doctor"],
        ["contract", "leaky", "--env", "dev"],
        ["check", "--env", "dev"],
        ["secrets", "list", "dev"],
        ["secrets", "get", "dev", "connections.dwh"],
    ):
        done = leaky.place.airside("--verbose", *words, code=None)
        assert leaky.canaries.found(done.out + done.err) == set(), words
