"""What an environment has by the word of the workspace."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from airside.release.contract import Outcome, outcome
from airside.release.description import Need, NeedKind
from airside.workspace.names import names_of
from airside.workspace.workspace import Workspace, open_workspace

SETTINGS = """\
[workspace]
name = "sales"
[airflow.env]
REGION = "eu"
AIRFLOW_CONN_LAKE = "s3://"
[platform]
databases = ["warehouse"]
[pools]
small = 2
[environments.dev]
[environments.preprod.provided]
connections = ["vault_db"]
pools = ["big"]
workflows = ["elsewhere"]
environment_variables = ["ZONE", "AIRFLOW_VAR_LIMIT"]
[environments.production]
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    (tmp_path / "dags").mkdir()
    (tmp_path / "airside.toml").write_text(SETTINGS)
    configs = {"shop.yaml": "load: {batch: 1}\nhosts: [{name: a}]\n", "sales/orders.yml": "load: 1\nsave: 2\n"}
    for name, text in configs.items():
        (tmp_path / "configs" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "configs" / name).write_text(text)
    return open_workspace(tmp_path)


def _outcome(
    workspace: Workspace, environment: str, kind: NeedKind, name: str, documented: Iterable[str] | None = None
) -> Outcome:
    names = names_of(workspace, environment, connections=documented, variables=documented)
    return outcome(Need(kind=kind, name=name), names)


def test_without_secrets_and_without_a_word_of_others_connections_cannot_be_told(workspace: Workspace) -> None:
    for kind in ("connection", "variable"):
        assert _outcome(workspace, "production", kind, "x") == "unknown"
        assert _outcome(workspace, "production", kind, "x", ["y"]) == "absent"
        assert _outcome(workspace, "production", kind, "x", ["x"]) == "present"
        assert _outcome(workspace, "production", kind, "x", []) == "absent"


def test_what_comes_from_elsewhere_is_there_and_makes_the_list_whole(workspace: Workspace) -> None:
    assert _outcome(workspace, "preprod", "connection", "vault_db") == "present"
    assert _outcome(workspace, "preprod", "connection", "x") == "absent"
    assert _outcome(workspace, "preprod", "variable", "limit") == "present"
    assert _outcome(workspace, "preprod", "variable", "x") == "unknown"
    assert _outcome(workspace, "preprod", "pool", "big") == "present"
    assert _outcome(workspace, "preprod", "workflow", "elsewhere") == "present"
    assert _outcome(workspace, "preprod", "environment-variable", "ZONE") == "present"
    assert _outcome(workspace, "preprod", "environment-variable", "REGION") == "absent"


def test_databases_and_variables_of_the_local_airflow_are_those_of_dev(workspace: Workspace) -> None:
    assert _outcome(workspace, "dev", "connection", "warehouse") == "present"
    assert _outcome(workspace, "dev", "connection", "lake") == "present"
    assert _outcome(workspace, "dev", "environment-variable", "REGION") == "present"
    assert _outcome(workspace, "dev", "environment-variable", "ZONE") == "unknown"
    assert _outcome(workspace, "production", "connection", "warehouse", []) == "absent"


def test_pools_are_declared_and_the_default_one_is_always_there(workspace: Workspace) -> None:
    assert _outcome(workspace, "production", "pool", "default_pool") == "present"
    assert _outcome(workspace, "production", "pool", "small") == "present"
    assert _outcome(workspace, "production", "pool", "big") == "absent"


@pytest.mark.parametrize(
    "name",
    ["shop", "shop.load", "shop.load.batch", "shop.hosts.0.name", "sales", "sales.orders.load", "sales.orders.save"],
)
def test_a_config_has_the_name_of_its_file_and_of_its_keys(workspace: Workspace, name: str) -> None:
    assert _outcome(workspace, "production", "config", name) == "present"
    assert _outcome(workspace, "production", "config", f"{name}x") == "absent"


def test_a_config_may_be_named_by_its_path(workspace: Workspace) -> None:
    assert _outcome(workspace, "production", "config", "configs/sales/orders.yml") == "present"
    assert _outcome(workspace, "production", "config", "configs/sales/orders.yaml") == "absent"


def test_beside_a_config_that_is_a_template_of_yaml_nothing_is_missing(workspace: Workspace) -> None:
    (workspace.root / "configs" / "other.yaml").write_text("{% if x %}\na: b\n")
    assert _outcome(workspace, "production", "config", "other") == "present"
    assert _outcome(workspace, "production", "config", "other.a") == "unknown"


def test_the_keys_of_a_config_may_come_from_an_anchor(workspace: Workspace) -> None:
    (workspace.root / "configs" / "other.yaml").write_text("a: &a\n  b: 1\nc:\n  <<: *a\n")
    assert _outcome(workspace, "production", "config", "other.c.b") == "present"
