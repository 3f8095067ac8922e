"""Credentials in a script, a notebook or a test: no Airflow runs here."""

import copy
import json
import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sealed import Identity, make_identity, seal

from airside import credentials
from airside.base.errors import IntegrityError, UsageError

SECRETS = re.compile("hunter[2345]|ZXRs")


def test_a_credential_has_what_a_client_asks_for(workspace: Path) -> None:
    cred = credentials.get("EBI-ETL-DEV-01")
    assert (cred.id, cred.user, cred.host, cred.password) == ("EBI-ETL-DEV-01", "etl", "db.example.com", "hunter2-é/x")
    assert (cred.conn_type, cred.port, cred.schema, cred.login) == ("postgres", 5433, "sales", "etl")
    assert cred.description == "The warehouse of EBI"
    assert cred.extra["sslmode"] == "require"
    assert cred.extra["deep"]["token"] == "hunter3-token"
    assert cred.extra.as_dict() == {"sslmode": "require", "deep": {"token": "hunter3-token"}}
    assert cred.uri.startswith("postgres://etl:hunter2-%C3%A9%2Fx@db.example.com:5433/sales?__extra__=")


def test_a_uri_is_taken_apart(workspace: Path) -> None:
    cred = credentials.get("by_uri")
    assert (cred.user, cred.password, cred.host, cred.port, cred.schema) == ("me", "hunter4", "h", 1, "d")
    assert dict(cred.extra) == {"x": "hunter5"}
    assert cred.uri == "http://me:hunter4@h:1/d?x=hunter5"


def test_the_environment_is_the_one_that_this_process_works_for(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRSIDE_ENVIRONMENT", "preprod")
    assert credentials.get("EBI-ETL-DEV-01").host == "preprod.example.com"


def test_a_variable_of_airflow_wins(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "AIRFLOW_CONN_EBI-ETL-DEV-01", '{"conn_type": "a-b", "host": "h", "port": "7", "extra": {"a": 1}}'
    )
    cred = credentials.get("EBI-ETL-DEV-01")
    assert (cred.conn_type, cred.host, cred.port, dict(cred.extra)) == ("a_b", "h", 7, {"a": 1})


def test_a_saved_document_is_used_by_the_next_call(workspace: Path, identity: Identity) -> None:
    credentials.get("EBI-ETL-DEV-01")
    (workspace / "secrets" / "dev.yaml").write_bytes(seal("connections: {EBI-ETL-DEV-01: 'http://new'}\n", identity))
    assert credentials.get("EBI-ETL-DEV-01").host == "new"


def test_an_unknown_id_is_an_error_that_names_similar_ones(workspace: Path) -> None:
    with pytest.raises(UsageError, match="no connection 'EBI-ETL-DEV-1' in the secrets of dev") as caught:
        credentials.get("EBI-ETL-DEV-1")
    assert caught.value.hint == "Was EBI-ETL-DEV-01 meant?"


def test_a_name_in_a_vault_is_asked_by_airflow(workspace: Path) -> None:
    with pytest.raises(UsageError, match="kept in a Vault"):
        credentials.get("in_vault")


def test_another_key_is_an_error_that_says_how_to_get_access(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOPS_AGE_KEY", make_identity().secret)
    with pytest.raises(UsageError, match="No key here can decrypt") as caught:
        credentials.get("EBI-ETL-DEV-01")
    assert "airside secrets recipients add" in str(caught.value.hint)


def test_a_document_that_was_tampered_with_is_refused(workspace: Path) -> None:
    document = workspace / "secrets" / "dev.yaml"
    document.write_text(document.read_text().replace("by_uri:", "by_url:"))
    with pytest.raises(IntegrityError):
        credentials.get("EBI-ETL-DEV-01")


def test_outside_of_a_workspace_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=f"no workspace around {tmp_path}"):
        credentials.get("EBI-ETL-DEV-01")
    monkeypatch.setenv("AIRSIDE_ENVIRONMENT", "preprod")
    with pytest.raises(
        UsageError, match="no connection 'EBI-ETL-DEV-01' here: no variable AIRFLOW_CONN_EBI-ETL-DEV-01"
    ):
        credentials.get("EBI-ETL-DEV-01")


def test_without_a_key_it_is_said_who_can_give_access(
    workspace: Path, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOPS_AGE_KEY")
    monkeypatch.setenv("HOME", str(workspace))
    with pytest.raises(UsageError, match=f"no age key here.*{identity.public}"):
        credentials.get("EBI-ETL-DEV-01")


def test_a_key_that_comes_later_is_used_by_the_next_call(
    workspace: Path, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOPS_AGE_KEY")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(workspace / "configuration"))
    with pytest.raises(UsageError, match="no age key here"):
        credentials.get("EBI-ETL-DEV-01")
    identity.write(workspace / "configuration" / "airside" / "age" / "keys.txt")
    assert credentials.get("EBI-ETL-DEV-01").user == "etl"


SCRIPT = """
from airside import credentials

print(repr(credentials.get("EBI-ETL-DEV-01")), credentials.get("EBI-ETL-DEV-01").user)
credentials.get("EBI-ETL-DEV-1")
"""


def test_a_script_in_a_folder_of_the_workspace_gets_it_and_sees_the_next_step(
    workspace: Path, identity: Identity
) -> None:
    (workspace / "notebooks" / "deep").mkdir()
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(
        command,
        cwd=workspace / "notebooks" / "deep",
        env=identity.variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "Credential('EBI-ETL-DEV-01', conn_type='postgres', ***) etl\n"
    assert "no connection 'EBI-ETL-DEV-1'" in done.stderr
    assert done.stderr.splitlines()[-1] == "Was EBI-ETL-DEV-01 meant?"
    assert not SECRETS.search(done.stderr)


@pytest.mark.parametrize("text", ["{broken hunter2", "http://h:hunter2port/x", '{"port": "hunter2"}'])
def test_a_variable_that_is_no_connection_is_not_quoted(
    workspace: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_X", text)
    with pytest.raises(UsageError) as caught:
        credentials.get("X")
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def shown(cred: credentials.Credential) -> list[str]:
    return [repr(cred), str(cred), f"{cred}", repr(cred.extra), str(cred.extra["deep"]), repr([cred])]


def test_nothing_that_shows_a_credential_shows_a_value(workspace: Path) -> None:
    for text in shown(credentials.get("EBI-ETL-DEV-01")):
        assert not SECRETS.search(text)
    assert repr(credentials.get("by_uri")) == "Credential('by_uri', conn_type='http', ***)"


@pytest.mark.parametrize(
    "write",
    [
        pickle.dumps,
        json.dumps,
        vars,
        lambda cred: pickle.dumps(cred.extra),
        lambda cred: json.dumps(cred.extra),
    ],
)
def test_it_is_not_written_by_mistake(workspace: Path, write: Callable[[Any], object]) -> None:
    with pytest.raises(TypeError) as caught:
        write(credentials.get("EBI-ETL-DEV-01"))
    assert not SECRETS.search(str(caught.value))


def test_it_cannot_be_changed_and_a_copy_is_itself(workspace: Path) -> None:
    cred = credentials.get("EBI-ETL-DEV-01")
    with pytest.raises(AttributeError):
        cred.password = "x"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        del cred.id
    assert copy.deepcopy([cred])[0] is cred
    assert copy.copy(cred) is cred
    assert not hasattr(cred, "__dict__")


def test_two_are_equal_when_all_they_say_is(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = credentials.get("EBI-ETL-DEV-01"), credentials.get("EBI-ETL-DEV-01")
    assert first == second
    assert hash(first) == hash(second)
    assert first != credentials.get("by_uri")
    assert first != "hunter2"
    monkeypatch.setenv("AIRFLOW_CONN_EBI-ETL-DEV-01", "postgres://etl:other@db.example.com:5433/sales")
    assert first != credentials.get("EBI-ETL-DEV-01")


FAILING = """
from airside import credentials

def test_them():
    first = credentials.get("EBI-ETL-DEV-01")
    assert first == credentials.get("by_uri")

def test_inside():
    assert [credentials.get("EBI-ETL-DEV-01")] == [{"a": credentials.get("by_uri")}]

def test_extra():
    assert credentials.get("EBI-ETL-DEV-01").extra == credentials.get("by_uri").extra
"""


def test_a_failing_test_of_the_workspace_does_not_show_it(workspace: Path, identity: Identity) -> None:
    (workspace / "notebooks" / "test_them.py").write_text(FAILING)
    command = [sys.executable, "-m", "pytest", "-vvv", "-l", "-p", "no:cacheprovider", "test_them.py"]
    done = subprocess.run(
        command, cwd=workspace / "notebooks", env=identity.variables, capture_output=True, text=True, check=False
    )
    assert "3 failed" in done.stdout
    assert not SECRETS.search(done.stdout + done.stderr)


def test_the_import_costs_next_to_nothing() -> None:
    code = (
        "import sys; from airside import credentials; print(len([m for m in sys.modules if m.startswith('airside')]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) <= 4
