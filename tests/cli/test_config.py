import json
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from folders import Folder

from airside.planning.masking import MASK

Airside = Callable[..., SimpleNamespace]


@pytest.fixture(autouse=True)
def configs(folder: Folder) -> None:
    folder.write("configs/sales/orders.yaml", "load:\n  batch: 100\n  limit: ${sales.shared.limit}\n  hosts: []\n")
    folder.write("configs/sales/shared.yaml", "limit: 7\nregion: ${oc.env:REGION}\nday: 2026-01-31\nnothing: null\n")
    folder.write("configs/environments/preprod/sales/orders.yaml", "load:\n  batch: 5\n")
    folder.write("configs/local/sales/orders.yaml", "load:\n  batch: 1\n")


def test_a_config_is_shown_as_the_environment_has_it_with_its_places(airside: Airside) -> None:
    said = airside("config", "show", "sales.orders.load", "--env", "preprod")
    assert said.code == 0, said.err
    rows = [line.split() for line in said.out.splitlines()]
    assert rows == [
        ["key", "value", "written", "in"],
        ["sales.orders.load.batch", "5", "configs/environments/preprod/sales/orders.yaml:2"],
        ["sales.orders.load.limit", "7", "configs/sales/orders.yaml:3", "${sales.shared.limit}"],
        ["sales.orders.load.hosts", "[]", "configs/sales/orders.yaml:4"],
    ]
    local = json.loads(airside("config", "show", "sales.orders.load.batch", "--json").out)
    assert (local["environment"], local["values"][0]["value"]) == ("dev", 1)
    assert local["values"][0]["file"] == "configs/local/sales/orders.yaml"
    production = json.loads(airside("config", "show", "sales.orders.load.batch", "--env", "production", "--json").out)
    assert production["values"] == [
        {
            "key": "sales.orders.load.batch",
            "value": 100,
            "masked": False,
            "file": "configs/sales/orders.yaml",
            "line": 2,
            "written": None,
        }
    ]


def test_a_whole_folder_is_shown_and_environment_variables_are_not_read(
    airside: Airside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGION", "canary-region")
    said = airside("config", "show", "sales")
    assert "canary" not in said.out
    lines = {line.split()[0]: line.split()[1] for line in said.out.splitlines()}
    assert lines["sales.shared.region"] == "${oc.env:REGION}"
    assert lines["sales.shared.day"] == "2026-01-31"
    assert lines["sales.shared.nothing"] == "null"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("password", "Vx9-rT2mQ4-7kLp"),
        ("url", "postgres://ana:Vx9-rT2mQ4-7kLp@db/x"),
        ("note", "AKIAVX9RT2MQ47KLPAAA"),
        ("token", "x-${sales.shared.limit}-Vx9-rT2mQ4-7kLp"),
    ],
)
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_what_looks_like_a_secret_is_not_shown(
    airside: Airside, folder: Folder, key: str, value: str, form: tuple[str, ...]
) -> None:
    folder.write("configs/bad.yaml", f"{key}: {value}\n")
    said = airside("config", "show", "bad", *form)
    assert said.code == 0
    assert "7kLp" not in said.out + said.err
    assert "KLPAAA" not in said.out + said.err
    assert MASK in said.out


def test_what_is_not_there_or_broken_is_told(airside: Airside, folder: Folder) -> None:
    missing = airside("config", "show", "sales.order")
    assert missing.code == 2
    assert "did you mean 'sales.orders'?" in missing.err
    folder.write("configs/bad.yaml", "a: [\n")
    broken = airside("config", "show", "bad", "--json")
    assert (broken.code, json.loads(broken.out)["error"]["type"]) == (2, "ConfigError")
    assert airside("config", "show", "sales", "--env", "nope").code == 2
    assert airside("config", "list", "--env", "nope").code == 2


def test_the_configs_of_an_environment_are_listed_with_their_files(airside: Airside) -> None:
    said = json.loads(airside("config", "list", "--env", "preprod", "--json").out)
    assert said["configs"] == [
        {
            "name": "sales.orders",
            "files": ["configs/sales/orders.yaml", "configs/environments/preprod/sales/orders.yaml"],
        },
        {"name": "sales.shared", "files": ["configs/sales/shared.yaml"]},
    ]
    shown = airside("config", "list")
    assert "configs/local/sales/orders.yaml" in shown.out
    assert "next: airside config show sales.orders" in shown.out


READING = """
from airflow.sdk import DAG
from airflow.providers.standard.operators.empty import EmptyOperator
from airside import config

with DAG("shop", max_active_tasks=config.get("shop.parallel", int)):
    EmptyOperator(task_id="load", pool=config.get("shop").pool)
"""


@pytest.mark.platform
@pytest.mark.slow
def test_a_check_reads_the_configs_of_the_environment_that_it_is_for(airside: Airside, folder: Folder) -> None:
    settings = (folder.root / "airside.toml").read_text().replace('["lib"]', '["lib", "configs"]')
    (folder.root / "airside.toml").write_text(settings + "[pools]\nsmall = 1\n")
    folder.write("dags/shop.py", READING)
    folder.write("configs/shop.yaml", "parallel: 3\npool: small\n")
    folder.write("configs/environments/production/shop.yaml", "pool: large\n")
    folder.write("configs/environments/preprod/shop.yaml", "parallel: many\n")

    assert airside("check", "dags/shop.py").code == 0
    production = airside("check", "dags/shop.py", "--env", "production")
    assert production.code == 1
    assert "No pool 'large' is declared" in production.out
    preprod = airside("check", "dags/shop.py", "--env", "preprod")
    assert "configs/environments/preprod/shop.yaml:1: shop.parallel: Input should be a valid integer" in preprod.out
    folder.write(".gitignore", ".store/\n.airside/\n__pycache__/\nconfigs/local/\n")
    folder.commit()
    refused = airside("deploy", "production", "--yes")
    assert refused.code == 1
    assert "No pool 'large' is declared" in refused.err
    contract = json.loads(airside("contract", "shop", "--json").out)
    assert {need["name"] for need in contract[0]["needs"] if need["kind"] == "config"} <= {"shop", "shop.parallel"}


@pytest.mark.platform
def test_a_plan_shows_what_changes_in_a_layer(airside: Airside, folder: Folder) -> None:
    settings = (folder.root / "airside.toml").read_text().replace('["lib"]', '["lib", "configs"]')
    (folder.root / "airside.toml").write_text(settings)
    folder.write(".gitignore", ".store/\n.airside/\n__pycache__/\nconfigs/local/\n")
    folder.commit()
    assert airside("deploy", "preprod", "--yes").code == 0
    folder.write("configs/environments/preprod/sales/orders.yaml", "load:\n  batch: 50\n")
    folder.commit()
    plan = json.loads(airside("plan", "preprod", "--json").out)
    (change,) = plan["plan"]["configs"]
    assert change["path"] == "configs/environments/preprod/sales/orders.yaml"
    assert change["keys"] == [{"key": "load.batch", "before": "5", "after": "50"}]
