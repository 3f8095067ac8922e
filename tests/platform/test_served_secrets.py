"""Connections and variables in a real Airflow, from the encrypted documents to the code of a task."""

import json
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from airflow_place import Place, until
from sealed import Identity, make_identity, seal

from airside.airflow.secrets.reader import INTERVAL
from airside.base.names import bundle_name

pytestmark = [pytest.mark.platform, pytest.mark.slow(together=True)]

QUERY = """\
import base64
import psycopg2
from airflow.sdk import Connection, dag, get_current_context, task
from airside import credentials, current_environment

@dag(schedule=None)
def query():
    @task
    def ask() -> dict:
        cred = credentials.get("dwh")
        print("password:", cred.password)
        print("token:", cred.extra["deep"]["token"])
        print("basic:", base64.b64encode(f"{cred.user}:{cred.password}".encode()).decode())
        print("uri:", cred.uri)
        print("repr:", cred, Connection.get("dwh").password)
        with psycopg2.connect(
            host=cred.host, port=cred.port, user=cred.user, password=cred.password, dbname=cred.schema
        ) as link, link.cursor() as cursor:
            cursor.execute("select current_database()")
            return {"database": cursor.fetchone()[0], "environment": current_environment()}
    ask()

query()
"""
WHICH = """\
from airflow.sdk import Variable, dag, get_current_context, task
from airside import current_environment

PARSED = f"{{current_environment()}} {{Variable.get('region')}}"

def failed(context):
    with open(context["dag_run"].conf["callback"], "w") as file:
        file.write(f"{{current_environment()}} {{Variable.get('region')}}")

@dag(dag_id={name!r}, schedule=None, description=PARSED, on_failure_callback=failed)
def which():
    @task
    def tell() -> list:
        if "callback" in get_current_context()["dag_run"].conf:
            raise ValueError("failed on purpose")
        return [PARSED, current_environment(), Variable.get("region")]
    tell()

which()
"""

LOOKING = """\
from airflow.sdk import BaseOperator, dag
from looking_trigger import Looking

class Deferred(BaseOperator):
    def execute(self, context):
        self.defer(trigger=Looking(), method_name="resume")

    def resume(self, context, event):
        return event

@dag(schedule=None)
def looking():
    Deferred(task_id="deferred")

looking()
"""
TRIGGER = """\
from airflow.sdk import Variable
from airflow.triggers.base import BaseTrigger, TriggerEvent
from asgiref.sync import sync_to_async

class Looking(BaseTrigger):
    def serialize(self):
        return "looking_trigger.Looking", {}

    async def run(self):
        said = []
        for key in ("shared", "region"):
            try:
                said.append(await sync_to_async(Variable.get)(key))
            except Exception as error:
                said.append(f"{type(error).__name__}: {error}")
        yield TriggerEvent(said)
"""


def documents(connections: Mapping[str, Any], **variables: object) -> str:
    return json.dumps({"connections": connections, "variables": variables})


def run(place: Place, workflow: str, conf: Mapping[str, object] | None = None) -> tuple[str, str]:
    """Run a workflow; return its run and how it ended."""
    client = place.client()
    number = client.trigger(workflow, conf or {})
    until(lambda: client.run_state(workflow, number).state in {"success", "failed"})
    return number, client.run_state(workflow, number).state


def logs(place: Place, workflow: str) -> str:
    folder = place.workspace.state / "logs" / "tasks"
    files = folder.rglob(f"dag_id={workflow}/**/*.log")
    return "".join(file.read_text(errors="replace") for file in files)


@pytest.fixture(scope="module")
def warehouse(served: Place) -> Mapping[str, Any]:
    """A Postgres, as a document of secrets has it."""
    uri = served.platform().description.environ["AIRFLOW_CONN_WAREHOUSE"]
    user, _, rest = uri.partition("://")[2].partition(":")
    password, _, place = rest.rpartition("@")
    address, _, database = place.partition("/")
    host, _, port = address.partition(":")
    fields = {"conn_type": "postgres", "login": user, "password": password, "host": host, "port": int(port)}
    return fields | {"schema": database, "extra": {"deep": {"token": "canary-of-extra-91"}}}


@pytest.fixture(scope="module")
def dev(live: Place, warehouse: Mapping[str, Any], identity: Identity) -> Iterator[Place]:
    """The working tree, with a connection to that Postgres in `secrets/dev.yaml` and nowhere else."""
    settings = live.root / "airside.toml"
    settings.write_text(f"{settings.read_text()}[environments.dev]\n")
    live.write("secrets/dev.yaml", "")
    save(live, documents({"dwh": warehouse}), identity)
    live.write("dags/query.py", QUERY)
    until(lambda: "query" in {workflow.id for workflow in live.client().workflows("dev")})
    yield live
    (live.root / "dags/query.py").unlink()
    (live.root / "secrets/dev.yaml").unlink()


def save(place: Place, text: str, identity: Identity) -> None:
    (place.root / "secrets" / "dev.yaml").write_bytes(seal(text, identity, kind="yaml"))


def test_a_task_uses_a_connection_that_only_the_document_has_and_the_next_one_what_was_set_since(
    dev: Place, warehouse: Mapping[str, Any], identity: Identity
) -> None:
    number, state = run(dev, "query")
    assert state == "success", logs(dev, "query")
    assert dev.client().result("query", number, "ask") == {"database": "warehouse", "environment": "dev"}
    command = dev.command("secrets", "set", "dev", "connections.dwh.schema")
    done = subprocess.run(command, input=b"postgres", env=dev.environ, check=False, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    number, state = run(dev, "query")
    assert dev.client().result("query", number, "ask")["database"] == "postgres"
    save(dev, documents({"dwh": warehouse}), identity)


def test_no_secret_is_in_the_log_of_a_task(dev: Place, warehouse: Mapping[str, Any]) -> None:
    _, state = run(dev, "query")
    assert state == "success"
    text = logs(dev, "query")
    assert '"password: ***"' in text
    assert '"token: ***"' in text
    assert '"basic: ***"' in text
    assert "conn_type='postgres', ***) ***" in text
    assert warehouse["password"] not in text
    assert "canary-of-extra-91" not in text


def test_a_broken_document_fails_the_task_and_no_older_value_is_used(
    dev: Place, warehouse: Mapping[str, Any], identity: Identity
) -> None:
    old = "postgresql://old:old-password@127.0.0.1:1/old"
    dev.airside("shell", "--", "airflow", "connections", "add", "dwh", "--conn-uri", old)
    document = dev.root / "secrets" / "dev.yaml"
    whole = document.read_text()
    try:
        document.write_text(whole.replace("schema:", "scheme:"))
        assert run(dev, "query")[1] == "failed"
        text = logs(dev, "query")
        assert "Airside cannot look up the connection 'dwh'" in text
        assert "secrets/dev.yaml" in text
        assert "127.0.0.1:1" not in text
    finally:
        save(dev, documents({"dwh": warehouse}), identity)
        dev.airside("shell", "--", "airflow", "connections", "delete", "dwh")
    assert run(dev, "query")[1] == "success"


def apply(place: Place, identity: Identity, environment: str, text: str) -> None:
    """Apply a document, and wait for as long as a process may go by what it knew before."""
    (place.root / "secrets").mkdir(exist_ok=True)
    (place.root / "secrets" / f"{environment}.yaml").write_bytes(seal(text, identity))
    place.commit()
    place.airside("secrets", "apply", environment)
    time.sleep(INTERVAL)


OF_PRODUCTION = documents({}, region="prod-1", shared="of both")
OF_PREPROD = documents({}, region="pre-1", shared="of both")


def test_status_tells_what_hides_a_connection(served: Place, identity: Identity) -> None:
    text = documents({"warehouse": "http://hidden.example.com"}, region="prod-1", shared="of both")
    apply(served, identity, "production", text)
    done = served.airside("status", code=None)
    assert "AIRFLOW_CONN_WAREHOUSE is set and wins over the connection warehouse" in done.out
    found = served.airside("--json", "status", code=None).document["platform"]["shadowed"]
    assert found == [{"kind": "connection", "name": "warehouse", "variable": "AIRFLOW_CONN_WAREHOUSE"}]


def test_up_tells_who_cannot_read_the_secrets(dev: Place, warehouse: Mapping[str, Any], identity: Identity) -> None:
    other = make_identity()
    save(dev, documents({"dwh": warehouse}), other)
    try:
        found = dev.airside("up", "--detach")
        assert "Look-ups of connections and variables fail: No key here can decrypt" in found.err + found.out
        assert f"airside secrets recipients add ENV {identity.public}" in found.err + found.out
        assert dev.airside("--json", "up", "--detach").document["secrets"][0]["hint"]
    finally:
        save(dev, documents({"dwh": warehouse}), identity)


@pytest.fixture(scope="module")
def both(served: Place, identity: Identity) -> Iterator[Place]:
    """One Airflow that serves two environments, each with a workflow and secrets of its own."""
    apply(served, identity, "production", OF_PRODUCTION)
    apply(served, identity, "preprod", OF_PREPROD)
    # A trigger is a class of a package: the triggerer, which serves all bundles, imports it.
    trigger = next((served.root / ".airside" / "env" / "lib").glob("python*/site-packages")) / "looking_trigger.py"
    trigger.write_text(TRIGGER)
    waiting = served.root / "dags/waiting.py"
    code = waiting.read_text()
    for environment in ("preprod", "production"):
        served.write(f"dags/which_{environment}.py", WHICH.format(name=f"which_{environment}"))
        if environment == "preprod":
            waiting.unlink()
        else:
            served.write("dags/looking.py", LOOKING)
        served.commit()
        served.airside("deploy", environment)
        (served.root / f"dags/which_{environment}.py").unlink()
        served.write("dags/waiting.py", code)
    served.commit()
    yield served
    (served.root / "dags/looking.py").unlink()
    served.deploy("after secrets")
    trigger.unlink()


@pytest.mark.parametrize(("environment", "region"), [("production", "prod-1"), ("preprod", "pre-1")])
def test_each_process_of_airflow_knows_its_environment_and_has_its_secrets(
    both: Place, tmp_path: Path, environment: str, region: str
) -> None:
    workflow = f"which_{environment}"
    client = both.client()
    here = f"{environment} {region}"
    until(lambda: workflow in {each.id for each in client.workflows(bundle_name(environment))})
    assert client.session.call("GET", f"/api/v2/dags/{workflow}")["description"] == here, "parsed by the dag processor"
    number, state = run(both, workflow)
    assert state == "success", logs(both, workflow)
    assert client.result(workflow, number, "tell") == [here, environment, region]
    callback = tmp_path / "callback"
    assert run(both, workflow, {"callback": str(callback)})[1] == "failed"
    until(callback.exists)
    until(lambda: callback.read_text() == here)


def test_a_trigger_that_may_be_of_either_environment_gets_what_both_have_and_otherwise_the_reason(both: Place) -> None:
    until(lambda: "looking" in {each.id for each in both.client().workflows("production")})
    number, state = run(both, "looking")
    assert state == "success", logs(both, "looking")
    same, reason = both.client().result("looking", number, "deferred")
    assert same == "of both"
    assert reason.startswith("AirflowSecretsBackendAccessDenied: Airside cannot look up the variable 'region'")
    assert "does not tell whose trigger is asking" in reason


def test_applied_secrets_are_used_by_the_next_task_without_a_restart(both: Place, identity: Identity) -> None:
    before = {component.name: component.pid for component in both.platform().components()}
    apply(both, identity, "production", documents({}, region="prod-2", shared="of both"))
    try:
        number, state = run(both, "which_production")
        assert state == "success"
        assert both.client().result("which_production", number, "tell")[1:] == ["production", "prod-2"]
        assert {component.name: component.pid for component in both.platform().components()} == before
    finally:
        apply(both, identity, "production", OF_PRODUCTION)
