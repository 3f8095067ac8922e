import sys
from pathlib import Path

import pytest

import airside
from airside.base.errors import UsageError
from airside.running.current import VARIABLE, current_environment, current_serving
from airside.running.serving import Serving, announce, served_here


@pytest.fixture(autouse=True)
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A process that nothing is known about: no variable, no Airflow, no workspace around its folder."""
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.delitem(sys.modules, "airflow.configuration", raising=False)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Configuration:
    """Airflow's module of that name, as far as it is asked."""

    def __init__(self, bundles: str) -> None:
        self.bundles = bundles
        self.conf = self

    def get(self, section: str, key: str) -> str:
        assert (section, key) == ("dag_processor", "dag_bundle_config_list")
        return self.bundles


def bundle(environment: str) -> str:
    return (
        f'{{"name": "x", "classpath": "airside.airflow.ReleaseBundle", "kwargs": {{"environment": "{environment}"}}}}'
    )


def test_the_bundle_whose_folder_is_on_the_path_says_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    announce(tmp_path / "production", "production")
    announce(tmp_path / "preprod", "preprod")
    assert served_here() is None
    monkeypatch.setenv(VARIABLE, "other")
    sys.path.append(str(tmp_path / "preprod"))
    assert current_serving() == Serving("preprod", tmp_path / "preprod")
    assert current_environment() == "preprod"


def test_the_variable_says_it_where_no_bundle_does(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "airside.toml").write_text("")
    monkeypatch.setenv(VARIABLE, "preprod")
    assert current_serving() == Serving("preprod", tmp_path)


def test_an_airflow_that_serves_one_environment_works_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "airflow.configuration", Configuration(f"[{bundle('preprod')}]"))
    assert current_environment() == "preprod"


@pytest.mark.parametrize("bundles", [f"[{bundle('a')}, {bundle('b')}]", "[]", "no JSON", '[{"classpath": 1}]', "[3]"])
def test_an_airflow_that_does_not_say_one_leaves_it_open(monkeypatch: pytest.MonkeyPatch, bundles: str) -> None:
    monkeypatch.setitem(sys.modules, "airflow.configuration", Configuration(bundles))
    with pytest.raises(UsageError, match="cannot be told") as caught:
        current_environment()
    assert caught.value.hint == "Set AIRSIDE_ENVIRONMENT."


def test_a_workspace_is_dev_from_any_folder_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "airside.toml").write_text("")
    (tmp_path / "lib/deep").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "lib/deep")
    assert current_serving() == Serving("dev", tmp_path)


def test_without_a_workspace_there_are_no_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "preprod")
    assert current_environment() == "preprod"
    with pytest.raises(UsageError, match="no workspace"):
        current_serving()


def test_the_package_itself_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "preprod")
    assert airside.current_environment() == "preprod"
