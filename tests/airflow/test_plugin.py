"""What Airside adds to Airflow's web server; tests/platform/test_elsewhere.py asks a real one."""

import json
import subprocess
import sys
import warnings
from importlib.metadata import entry_points

import pytest
from airflow.configuration import conf

from airside.airflow.plugin import AirsidePlugin
from airside.base.digest import Digest
from airside.running.packages import VARIABLE

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Airflow's web server imports what warns of its own future
    from airflow.api_fastapi.core_api.security import get_user

    from airside.airflow import web

LOCK = Digest.of(b"lock")
RELEASES = {
    "name": "preview--a",
    "classpath": "airside.airflow.ReleaseBundle",
    "kwargs": {"environment": "preview/a", "store": "s3://secret-place", "mismatch": "refuse"},
}
FOREIGN = {"name": "other", "classpath": "airflow.dag_processing.bundles.local.LocalDagBundle", "kwargs": {}}


def test_airflow_finds_the_plugin() -> None:
    (found,) = entry_points(group="airflow.plugins", name="airside")
    assert found.load() is AirsidePlugin


def test_every_route_asks_who_you_are() -> None:
    (mounted,) = AirsidePlugin().fastapi_apps
    assert mounted["url_prefix"] == "/airside/v1"
    routes = mounted["app"].routes
    assert [route.path for route in routes] == ["/platform"]
    assert all(get_user in {each.call for each in route.dependant.dependencies} for route in routes)


def test_a_process_that_serves_no_pages_imports_nothing_of_the_web() -> None:
    code = (
        "import sys, airflow.plugins_manager; before = set(sys.modules); import airside.airflow.plugin;"
        "print(sorted(name for name in set(sys.modules) - before if not name.startswith('airside')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_what_runs_is_told_without_what_nobody_has_to_know(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, LOCK)
    monkeypatch.setattr(conf, "get", lambda *_, **__: json.dumps([RELEASES, FOREIGN]))
    told = json.dumps(list(web._environments()))
    assert json.loads(told) == [{"name": "preview/a", "bundle": "preview--a", "mismatch": "refuse"}]
    assert web._lock() == LOCK
    monkeypatch.setenv(VARIABLE, "latest")
    assert web._lock() is None, "the bundle says what is wrong with it"


@pytest.mark.parametrize("value", ["", "{", '[{"name": "x"}]', "null"])
def test_a_list_of_bundles_that_airflow_does_not_take_ends_nothing_here(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conf, "get", lambda *_, **__: value)
    assert web._environments() == []
