"""The connection with which Airflow keeps the logs of tasks, asked as each of its processes asks."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import seaweed
from airflow.models.connection import Connection as ServerConnection
from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowSecretsBackendAccessDenied
from sealed import Identity, make_identity, seal, seal_folder
from secret_shipping import apply_documents

from airside.airflow import SecretsBackend
from airside.store.folder import FolderStore

LOGS = {"id": "airside_logs", "conn_type": "aws", "extra": {"endpoint_url": "http://s3:1", "region_name": "eu-west-3"}}
KEYS = "connections: {airside_logs: {conn_type: aws, login: key-id, password: key-secret}}\n"


@pytest.fixture
def identity(monkeypatch: pytest.MonkeyPatch) -> Identity:
    made = make_identity()
    monkeypatch.setenv("SOPS_AGE_KEY", made.secret)
    return made


def backend(folder: Path, logs: object = LOGS, **kwargs: Any) -> SecretsBackend:
    where: dict[str, Any] = {} if "store" in kwargs else {"folder": str(folder)}
    made = SecretsBackend(**where, logs=logs, **kwargs)
    made._set_connection_class(Connection)
    return made


def test_without_keys_it_says_where_the_bucket_is_and_leaves_the_rest_to_the_machine(tmp_path: Path) -> None:
    found = backend(tmp_path).get_connection("airside_logs")
    assert isinstance(found, Connection)
    assert (found.conn_type, found.login, found.password) == ("aws", None, None)
    assert found.extra_dejson == LOGS["extra"]
    assert "endpoint_url=http%3A%2F%2Fs3%3A1" in found.get_uri(), "Airflow hands it on as an environment variable"


def test_an_empty_key_file_is_that_of_a_platform_without_documents(tmp_path: Path) -> None:
    key_file = tmp_path / "age.txt"
    key_file.touch(mode=0o600)
    assert backend(tmp_path / "secrets", key_file=str(key_file)).get_connection("airside_logs").password is None


def test_the_keys_are_those_of_the_environment(tmp_path: Path, identity: Identity) -> None:
    found = backend(seal_folder(tmp_path, {"dev": KEYS}, identity)).get_connection("airside_logs")
    assert (found.login, found.password) == ("key-id", "key-secret")
    assert found.extra_dejson == LOGS["extra"]


@pytest.mark.parametrize(
    "document",
    [
        f"{KEYS.rstrip()[:-2]}, extra: {{region_name: mine}}}}}}\n",
        'connections: {airside_logs: "aws://key-id:key-secret@/?region_name=mine"}\n',
    ],
    ids=["fields", "uri"],
)
def test_what_the_document_says_has_the_last_word(tmp_path: Path, identity: Identity, document: str) -> None:
    found = backend(seal_folder(tmp_path, {"dev": document}, identity)).get_connection("airside_logs")
    assert (found.conn_type, found.login, found.password) == ("aws", "key-id", "key-secret")
    assert found.extra_dejson == {"endpoint_url": "http://s3:1", "region_name": "mine"}


def test_a_server_of_airflow_gets_its_own_class(tmp_path: Path, identity: Identity) -> None:
    made = backend(seal_folder(tmp_path, {"dev": KEYS}, identity))
    made._set_connection_class(ServerConnection)
    found = made.get_connection("airside_logs", team_name=None)
    assert isinstance(found, ServerConnection)
    assert (found.login, found.password, found.extra_dejson) == ("key-id", "key-secret", LOGS["extra"])


def test_no_other_name_is_answered_so(tmp_path: Path) -> None:
    assert backend(tmp_path).get_connection("aws_default") is None
    assert backend(tmp_path, logs=None).get_connection("airside_logs") is None


def test_an_environment_variable_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_AIRSIDE_LOGS", "aws://")
    assert backend(tmp_path).get_connection("airside_logs") is None


def test_keys_that_cannot_be_read_are_not_done_without(
    tmp_path: Path, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = backend(seal_folder(tmp_path, {"dev": KEYS}, identity))
    monkeypatch.setenv("SOPS_AGE_KEY", make_identity().secret)
    with pytest.raises(AirflowSecretsBackendAccessDenied, match="connection 'airside_logs'"):
        made.get_connection("airside_logs")


@pytest.mark.parametrize("same", [True, False])
def test_of_several_environments_the_keys_count_that_all_have(
    store: FolderStore, tmp_path: Path, identity: Identity, monkeypatch: pytest.MonkeyPatch, same: bool
) -> None:
    monkeypatch.chdir(tmp_path)  # a process that runs no code of a bundle, in a folder that says nothing either
    for name in ("preprod", "production"):
        text = KEYS if same else KEYS.replace("key-secret", name)
        apply_documents(store, {name: seal(text, identity)}, environment=name)
    made = backend(
        tmp_path, store=store.location, environments=["preprod", "production"], cache=str(tmp_path / "cache")
    )
    if same:
        assert made.get_connection("airside_logs").password == "key-secret"
        return
    with pytest.raises(AirflowSecretsBackendAccessDenied, match="preprod and production do not have the same") as told:
        made.get_connection("airside_logs")
    assert "whose log it is" in str(told.value)


@pytest.mark.parametrize(
    ("logs", "said"),
    [
        ({"conn_type": "aws"}, "takes text as `id`"),
        ({**LOGS, "password": "key-secret"}, "has no password in `logs`"),
        ({**LOGS, "extra": "key-secret"}, "takes an object as `extra`"),
        ({**LOGS, "host": 1}, "takes text as `id`, `conn_type` and `host`"),
        ("key-secret", "takes an object as `logs`"),
    ],
)
def test_a_wrong_argument_fails_every_look_up_and_tells_no_value(tmp_path: Path, logs: object, said: str) -> None:
    with pytest.raises(AirflowSecretsBackendAccessDenied, match=said) as refused:
        backend(tmp_path, logs=logs).get_variable("x")
    assert "key-secret" not in str(refused.value)


def test_one_environment_variable_may_hold_the_argument(tmp_path: Path) -> None:
    found = backend(tmp_path, logs=json.dumps(LOGS)).get_connection("airside_logs")
    assert found.extra_dejson == LOGS["extra"]


KEPT = """
import sys
from pathlib import Path
from airflow.logging_config import get_remote_task_log
from airflow.sdk.configuration import conf
path = Path(conf.get("logging", "base_log_folder"), "dag_id=x", "attempt=1.log")
path.parent.mkdir(parents=True)
path.write_text("the task has spoken\\n")
kept = get_remote_task_log()
kept.upload(path)
assert path.read_text() == ""
print(kept.read("dag_id=x/attempt=1.log", None), file=sys.stderr)
"""


@pytest.mark.slow
@pytest.mark.objectstore
def test_a_machine_that_has_keys_of_its_own_keeps_logs_with_them(tmp_path: Path) -> None:
    (tmp_path / "weed").mkdir()
    with seaweed.serve(tmp_path / "weed") as server:
        logs = {**LOGS, "extra": {"endpoint_url": server.endpoint, "region_name": "us-east-1"}}
        options = {
            "LOGGING__REMOTE_LOGGING": "True",
            "LOGGING__REMOTE_BASE_LOG_FOLDER": server.url("task-logs"),
            "LOGGING__REMOTE_LOG_CONN_ID": "airside_logs",
            "LOGGING__BASE_LOG_FOLDER": str(tmp_path / "logs"),
            "SECRETS__BACKEND": "airside.airflow.SecretsBackend",
            "SECRETS__BACKEND_KWARGS": json.dumps({"folder": str(tmp_path / "secrets"), "logs": logs}),
        }
        keys = {"AWS_ACCESS_KEY_ID": seaweed.ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": seaweed.SECRET_KEY}
        variables = {"AIRFLOW_HOME": str(tmp_path)} | keys
        variables |= {f"AIRFLOW__{name}": value for name, value in options.items()}
        done = subprocess.run([sys.executable, "-c", KEPT], env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "(['s3://airside/task-logs/dag_id=x/attempt=1.log'], ['the task has spoken" in done.stderr
