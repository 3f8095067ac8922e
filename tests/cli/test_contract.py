import json
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from folders import Folder

Airside = Callable[..., SimpleNamespace]

SHOP = """
from airflow.sdk import DAG, Variable
from airflow.providers.standard.operators.bash import BashOperator

REGION = Variable.get("region", default="eu")
LIMIT = Variable.get("limit")

with DAG("shop"):
    BashOperator(task_id="load", bash_command="echo {{ conn.warehouse.host }}", pool="small")
"""
SECRETS = "connections:\n    warehouse: ENC[AES256_GCM,data:x]\nvariables: {}\nsops:\n    mac: x\n"


@pytest.fixture(autouse=True)
def shop(folder: Folder) -> None:
    folder.write("dags/shop.py", SHOP)
    (folder.root / "secrets").mkdir(exist_ok=True)
    (folder.root / "secrets" / "preprod.yaml").write_text(SECRETS)


def _needs(said: SimpleNamespace) -> dict[tuple[str, str], tuple[str, bool, str | None]]:
    (contract,) = json.loads(said.out)
    return {
        (need["kind"], need["name"]): (need["certainty"], need["optional"], need["outcome"])
        for need in contract["needs"]
    }


@pytest.mark.platform
@pytest.mark.slow
def test_the_contract_names_what_is_needed_and_whether_it_is_there(airside: Airside) -> None:
    said = airside("contract", "shop", "--json")
    assert said.code == 0, said.err
    expected = {
        ("connection", "warehouse"): ("exact", False, None),
        ("pool", "small"): ("exact", False, None),
        ("variable", "limit"): ("exact", False, None),
        ("variable", "region"): ("exact", True, None),
    }
    assert _needs(said) == expected

    compared = airside("contract", "shop", "--env", "preprod", "--json")
    assert compared.code == 1
    outcomes = {name: outcome for (_, name), (_, _, outcome) in _needs(compared).items()}
    assert outcomes == {"warehouse": "present", "small": "absent", "limit": "absent", "region": "absent"}

    unknown = airside("contract", "shop", "--env", "production")
    assert "cannot tell" in unknown.out
    assert "ABSENT" in unknown.out  # the pool: pools are declared in airside.toml
    assert unknown.code == 1


@pytest.mark.platform
def test_a_workflow_that_is_not_there_is_a_usage_error(airside: Airside) -> None:
    said = airside("contract", "shopp")
    assert said.code == 2
    assert "did you mean 'shop'" in said.err


def test_an_environment_that_is_not_declared_is_a_usage_error(airside: Airside) -> None:
    said = airside("contract", "--env", "prod")
    assert said.code == 2
    assert "did you mean" in said.err
