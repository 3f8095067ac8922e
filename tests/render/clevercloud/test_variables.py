"""The apps on Clever Cloud get their variables, and secrets that nobody sees."""

import base64
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from airside.render.clevercloud.files import variables
from airside.render.clevercloud.files.variables import UnsetError, set_variables

KEYS = "AIRFLOW__CORE__FERNET_KEY AIRFLOW__API__SECRET_KEY AIRFLOW__API_AUTH__JWT_SECRET"


class Cloud:
    """The variables of two apps, as `clever` shows and replaces them."""

    def __init__(self, **apps: dict[str, str]) -> None:
        self.apps: dict[str, dict[str, str]] = {"sales-api": {}, "sales-scheduler": {}, **apps}
        self.arguments: list[str] = []

    def run(self, arguments: list[str], stdin: str = "") -> str:
        self.arguments += arguments
        alias = arguments[arguments.index("--alias") + 1]
        if arguments[:2] == ["env", "import"]:
            self.apps[alias] = {entry["name"]: entry["value"] for entry in json.loads(stdin)}
            return "Environment variables have been set\n"
        env = [{"name": name, "value": value} for name, value in self.apps[alias].items()]
        add_on = {"addonName": "pg", "env": [{"name": "POSTGRESQL_ADDON_HOST", "value": "db"}]}
        return json.dumps({"env": env, "fromAddons": [add_on], "fromDependencies": []})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "apps.ini").write_text(
        "# Rendered\n[api]\nalias = sales-api\nvariables = api.env\n"
        f"secrets = {KEYS} AIRSIDE_PASSWORDS AIRSIDE_ALERTS_PASSWORD\n\n"
        f"[scheduler]\nalias = sales-scheduler\nvariables = scheduler.env\nsecrets = {KEYS} AIRSIDE_ALERTS_PASSWORD\n"
    )
    (tmp_path / "api.env").write_text(f'# Rendered\n\nA=1\n{variables.USERS}=airflow:admin\nJSON=[{{"a": "b = c"}}]\n')
    (tmp_path / "scheduler.env").write_text("A=1\n")
    return tmp_path


def deploy(folder: Path, cloud: Cloud, given: Mapping[str, str] | None = None) -> None:
    set_variables(variables.read_apps(folder), given or {}, cloud.run)


def test_apps_get_their_variables_and_what_else_they_have_stays(folder: Path) -> None:
    cloud = Cloud(**{"sales-api": {"A": "0", "OWN": "kept"}})
    deploy(folder, cloud)
    api = cloud.apps["sales-api"]
    assert (api["A"], api["JSON"], api["OWN"]) == ("1", '[{"a": "b = c"}]', "kept")
    assert "POSTGRESQL_ADDON_HOST" not in api


def test_secrets_are_made_once_and_are_the_same_in_all_apps(folder: Path) -> None:
    cloud = Cloud()
    deploy(folder, cloud)
    api, scheduler = cloud.apps["sales-api"], cloud.apps["sales-scheduler"]
    for name in KEYS.split():
        assert api[name] == scheduler[name]
    assert len(base64.urlsafe_b64decode(api["AIRFLOW__CORE__FERNET_KEY"])) == 32
    assert len(api["AIRFLOW__API_AUTH__JWT_SECRET"]) >= 64
    before = json.dumps(cloud.apps)
    deploy(folder, cloud)
    assert json.dumps(cloud.apps) == before


def test_the_watcher_of_alerts_has_the_password_that_airflow_knows(folder: Path) -> None:
    cloud = Cloud(**{"sales-api": {"AIRSIDE_PASSWORDS": '{"airflow": "mine"}'}})
    deploy(folder, cloud)
    passwords = json.loads(cloud.apps["sales-api"]["AIRSIDE_PASSWORDS"])
    assert passwords == {"airflow": "mine", "airside-alerts": cloud.apps["sales-scheduler"]["AIRSIDE_ALERTS_PASSWORD"]}
    assert "AIRSIDE_PASSWORDS" not in cloud.apps["sales-scheduler"]


def test_each_user_has_a_password_and_keeps_it(folder: Path) -> None:
    cloud = Cloud()
    deploy(folder, cloud)
    before = json.loads(cloud.apps["sales-api"]["AIRSIDE_PASSWORDS"])
    (folder / "api.env").write_text(f"{variables.USERS}=airflow:admin, ben:viewer:sales\n")
    deploy(folder, cloud)
    after = json.loads(cloud.apps["sales-api"]["AIRSIDE_PASSWORDS"])
    assert set(before) == {"airflow", "airside-alerts"}
    assert after == before | {"ben": after["ben"]}
    assert len(after["ben"]) >= 18


def test_a_secret_of_one_app_is_given_to_the_other(folder: Path) -> None:
    cloud = Cloud(**{"sales-scheduler": {"AIRFLOW__CORE__FERNET_KEY": "old"}})
    deploy(folder, cloud)
    assert cloud.apps["sales-api"]["AIRFLOW__CORE__FERNET_KEY"] == "old"


def test_two_secrets_of_one_name_are_refused_and_nothing_is_set(folder: Path) -> None:
    own = {"sales-scheduler": {"AIRFLOW__CORE__FERNET_KEY": "one"}, "sales-api": {"AIRFLOW__CORE__FERNET_KEY": "two"}}
    cloud = Cloud(**{alias: dict(found) for alias, found in own.items()})
    with pytest.raises(UnsetError, match="AIRFLOW__CORE__FERNET_KEY is not the same in sales-api and sales-scheduler"):
        deploy(folder, cloud)
    assert cloud.apps == own


def test_no_value_is_an_argument_or_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cloud = Cloud()
    deploy(folder, cloud, {"SOPS_AGE_KEY": "AGE-SECRET-KEY-1"})
    shown = capsys.readouterr()
    assert cloud.apps["sales-scheduler"]["SOPS_AGE_KEY"] == "AGE-SECRET-KEY-1"
    assert "sales-api: set A, AIRFLOW__API_AUTH__JWT_SECRET" in shown.out
    said = " ".join([*cloud.arguments, shown.out, shown.err])
    names = [*KEYS.split(), "AIRSIDE_PASSWORDS", "AIRSIDE_ALERTS_PASSWORD", "SOPS_AGE_KEY"]
    assert not [name for name in names if cloud.apps["sales-api"][name] in said]


def test_what_is_no_longer_rendered_is_removed_and_nothing_else(folder: Path) -> None:
    cloud = Cloud(**{"sales-api": {"OWN": "kept"}})
    deploy(folder, cloud)
    (folder / "api.env").write_text("A=2\n")
    deploy(folder, cloud)
    api = cloud.apps["sales-api"]
    assert (api["A"], api["OWN"], "JSON" in api) == ("2", "kept", False)


def test_without_anything_new_nothing_is_set(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cloud = Cloud()
    deploy(folder, cloud)
    cloud.arguments.clear()
    capsys.readouterr()
    deploy(folder, cloud)
    assert "import" not in cloud.arguments
    assert capsys.readouterr().out == "sales-api: nothing to set\nsales-scheduler: nothing to set\n"


def test_a_name_that_is_not_in_the_environment_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert variables.main(["SOPS_AGE_KEY"], {}) == 2
    assert capsys.readouterr().err == "SOPS_AGE_KEY: not in your environment\n"
