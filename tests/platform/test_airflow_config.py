import configparser
import json
from collections.abc import Mapping

import pytest

from airside.base.digest import Digest
from airside.platform.airflow_config import (
    airflow_home,
    airflow_variables,
    bundles,
    paused_at_creation,
    process_environ,
    server_environ,
    write_config,
)
from airside.platform.airflow_secrets import shadows
from airside.platform.database import SQLITE, Database
from airside.workspace.workspace import Workspace, open_workspace


def written(workspace: Workspace, *tracked: str, extra: str = "") -> Mapping[str, Mapping[str, str]]:
    """Return the configuration of the workspace with `extra` settings, read as Airflow reads it."""
    settings = workspace.root / "airside.toml"
    settings.write_text(settings.read_text() + extra)
    workspace.state.mkdir(exist_ok=True)
    database = Database("postgresql+psycopg2://airflow:50%25@127.0.0.1:1/airflow", "embedded", workspace.root)
    write_config(open_workspace(workspace.root), database, 18080, tracked)
    parser = configparser.ConfigParser()
    parser.read(airflow_home(workspace) / "airflow.cfg", encoding="utf-8")
    return parser


def test_a_percent_sign_is_read_as_one(workspace: Workspace) -> None:
    config = written(workspace)
    assert config["database"]["sql_alchemy_conn"] == "postgresql+psycopg2://airflow:50%25@127.0.0.1:1/airflow"
    assert config["logging"]["base_log_folder"] == str(workspace.state / "logs" / "tasks")
    assert "%" in config["logging"]["base_log_folder"]


def test_options_of_the_workspace_have_the_last_word(workspace: Workspace) -> None:
    extra = '[airflow.config]\ncore = { parallelism = 3 }\nemail = { subject = "50% \\"off\\"" }\n'
    config = written(workspace, extra=extra)
    assert config["core"]["parallelism"] == "3"
    assert config["core"]["executor"] == "LocalExecutor"
    assert config["email"]["subject"] == '50% "off"'


def test_keys_stay_the_same_and_files_with_secrets_are_private(workspace: Workspace) -> None:
    first = written(workspace)["core"]["fernet_key"]
    assert written(workspace)["core"]["fernet_key"] == first
    home = airflow_home(workspace)
    assert all(path.stat().st_mode & 0o77 == 0 for path in home.iterdir())


def test_the_working_tree_is_served_when_nothing_is_tracked(workspace: Workspace) -> None:
    [bundle] = json.loads(written(workspace)["dag_processor"]["dag_bundle_config_list"])
    assert bundle["name"] == "dev"
    assert bundle["classpath"] == "airside.airflow.WorkspaceBundle"
    assert bundle["kwargs"]["path"] == str(workspace.state / "dev")


def test_each_tracked_environment_is_a_bundle(workspace: Workspace) -> None:
    found = bundles(workspace, ["production", "preview/a"])
    assert [bundle["kwargs"]["environment"] for bundle in found] == ["production", "preview/a"]  # type: ignore[index]
    assert len({str(bundle["name"]) for bundle in found}) == 2
    assert found[0]["kwargs"]["store"] == str(workspace.root / ".store")  # type: ignore[index]
    assert found[0]["kwargs"]["mismatch"] == "warn"  # type: ignore[index]


def test_the_processes_of_the_local_airflow_know_their_lock_file(workspace: Workspace) -> None:
    database = Database("sqlite://", SQLITE, workspace.root)
    assert "AIRSIDE_LOCK" not in airflow_variables(workspace, database)
    (workspace.root / "requirements.lock").write_bytes(b"apache-airflow==3.3.2\n")
    assert airflow_variables(workspace, database)["AIRSIDE_LOCK"] == Digest.of(b"apache-airflow==3.3.2\n")


def test_the_options_of_another_airflow_do_not_reach_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "postgresql://production")
    monkeypatch.setenv("AIRFLOW_VAR_MINE", "kept")
    environ = process_environ({"VIRTUAL_ENV": "/x/env", "AIRFLOW__CORE__PARALLELISM": "3"})
    assert "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN" not in environ
    assert environ["AIRFLOW__CORE__PARALLELISM"] == "3"
    assert environ["AIRFLOW_VAR_MINE"] == "kept"
    assert environ["PATH"].startswith("/x/env/bin:")


@pytest.mark.parametrize(
    ("said", "paused"),
    [
        ("", False),
        ("[airflow.config.core]\ndags_are_paused_at_creation = true\n", True),
        ("[airflow.env]\nAIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION = true\n", True),
    ],
)
def test_new_workflows_run_unless_the_settings_say_otherwise(workspace: Workspace, said: str, paused: bool) -> None:
    config = written(workspace, extra=said)
    assert paused_at_creation(open_workspace(workspace.root)) is paused
    assert config["core"]["dags_are_paused_at_creation"].lower() == str(paused and "config" in said).lower()


def test_secrets_are_those_of_the_working_tree(workspace: Workspace) -> None:
    config = written(workspace)["secrets"]
    assert config["backend"] == "airside.airflow.SecretsBackend"
    assert json.loads(config["backend_kwargs"]) == {"folder": str(workspace.root / "secrets")}


def test_secrets_of_what_is_tracked_are_those_that_were_applied(workspace: Workspace) -> None:
    extra = '[environments.preprod]\n[secrets.vault]\nurl = "https://vault.example.com"\nkv_engine_version = 1\n'
    one = json.loads(written(workspace, "production", extra=extra)["secrets"]["backend_kwargs"])
    vault = {"url": "https://vault.example.com", "kv_engine_version": 1}
    store = {"store": str(workspace.root / ".store"), "store_options": {}}
    assert one == {**store, "environment": "production", "vault": vault}
    several = json.loads(written(workspace, "production", "preprod")["secrets"]["backend_kwargs"])
    assert several == {**store, "environments": ["production", "preprod"], "vault": vault}


@pytest.mark.parametrize(
    "said",
    [
        '[airflow.config.secrets]\nbackend = "my.Backend"\n',
        '[airflow.env]\nAIRFLOW__SECRETS__BACKEND = "my.Backend"\n',
    ],
)
def test_a_secrets_backend_of_the_workspace_is_left_alone(workspace: Workspace, said: str) -> None:
    config = written(workspace, extra=said)["secrets"]
    assert "backend_kwargs" not in config
    assert config.get("backend", "my.Backend") == "my.Backend"


def test_the_environment_that_the_user_works_for_is_not_that_of_the_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRSIDE_ENVIRONMENT", "preprod")
    assert "AIRSIDE_ENVIRONMENT" not in server_environ({"VIRTUAL_ENV": "/x/env"})
    said = {"VIRTUAL_ENV": "/x/env", "AIRSIDE_ENVIRONMENT": "lab"}
    assert server_environ(said)["AIRSIDE_ENVIRONMENT"] == "lab"
    assert process_environ({"VIRTUAL_ENV": "/x/env"})["AIRSIDE_ENVIRONMENT"] == "preprod", "as in `airside shell`"


def test_what_environment_variables_hide_is_told_as_airflow_looks_at_them() -> None:
    names = [("connections", "dwh"), ("connections", "Lake-01"), ("connections", "none"), ("variables", "region")]
    variables = {"AIRFLOW_CONN_DWH": "x://", "AIRFLOW_CONN_LAKE-01": "x://", "AIRFLOW_CONN_NONE": ""}
    found = shadows(names, variables | {"AIRFLOW_VAR_REGION": "", "AIRFLOW_VAR_OTHER": "x"})
    assert [each.variable for each in found] == ["AIRFLOW_CONN_LAKE-01", "AIRFLOW_CONN_DWH", "AIRFLOW_VAR_REGION"]


def test_logs_of_what_is_tracked_go_where_the_settings_say_and_those_of_the_working_tree_stay(
    workspace: Workspace,
) -> None:
    extra = '[logs]\nurl = "s3://bucket/{environment}"\nendpoint = "http://s3:1"\n[airflow.config.logging]\nx = 1\n'
    tracked = written(workspace, "production", extra=extra)
    assert tracked["logging"]["remote_base_log_folder"] == "s3://bucket/production"
    assert tracked["logging"]["base_log_folder"] == str(workspace.state / "logs" / "tasks")
    assert tracked["logging"]["x"] == "1"
    logs = {"id": "airside_logs", "conn_type": "aws", "extra": {"endpoint_url": "http://s3:1"}}
    assert json.loads(tracked["secrets"]["backend_kwargs"])["logs"] == logs
    assert "remote_logging" not in written(workspace)["logging"]
