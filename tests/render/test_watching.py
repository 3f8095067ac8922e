"""A rendered watcher has the routes of the workspace, and a command line that Airside takes."""

from pathlib import Path

import click
import pytest
from rendered_subject import subject

from airside.cli.main import cli
from airside.render.watching import WatcherPlaces, is_watched, watcher
from airside.workspace.settings import Settings
from airside.workspace.workspace import open_workspace

ROUTES = """\
[alerting]
runbook = "https://wiki.example.com/{workflow}"
[[alerts]]
name = 'the "pager" of Zürich'
channels = ["pager"]
environments = ["prod*"]
severity = "error"
by_task = true
[[alerts]]
channels = ["chat"]
environments = ["preprod"]
events = ["deployed"]
"""
PLACES = WatcherPlaces(
    "http://web:8080", "/etc/airside/alerts", "/state", "/run/secrets/password", "/key", "/trust.toml"
)


def settings_of(text: str, folder: Path) -> Settings:
    (folder / "airside.toml").write_text(text)
    return open_workspace(folder, whole=False).settings


def test_a_watcher_has_the_routes_links_and_store_of_the_workspace(tmp_path: Path) -> None:
    whole = subject(ROUTES + '[environments.production.provided]\nvariables = ["x"]\n')
    made = watcher(whole, PLACES)
    assert made is not None
    found = settings_of(made.file.text, tmp_path)
    assert (found.alerts, found.alerting, found.store) == (
        whole.settings.alerts,
        whole.settings.alerting,
        whole.settings.store,
    )
    assert found.environments.keys() == whole.settings.environments.keys()


def test_the_settings_of_a_watcher_hold_nothing_else_of_the_workspace(tmp_path: Path) -> None:
    more = "[airflow.config.core]\nparallelism = 7\n[airflow.env]\nMINE = 'x'\n[pools]\ndwh = 3\n"
    made = watcher(subject(ROUTES + more), PLACES)
    assert made is not None
    assert made.file.text.startswith("# Rendered by `airside render compose --env production`")
    assert settings_of(made.file.text, tmp_path).model_fields_set <= {
        "workspace",
        "store",
        "alerting",
        "alerts",
        "environments",
    }


@pytest.mark.parametrize("environments", [("production",), ("production", "preprod")])
def test_the_command_line_of_a_watcher_is_one_that_airside_takes(environments: tuple[str, ...]) -> None:
    made = watcher(subject(ROUTES, environments, trust="…"), PLACES)
    assert made is not None
    command: click.Command = cli
    parsed = command.make_context("airside", list(made.command[1:]))
    while isinstance(command, click.Group):
        name, inner, rest = command.resolve_command(parsed, [*parsed._protected_args, *parsed.args])
        assert inner is not None
        command, parsed = inner, inner.make_context(name, rest, parent=parsed)
    assert parsed.params["environments"] == environments
    assert (parsed.params["airflow"], str(parsed.params["trust"])) == ("http://web:8080", "/trust.toml")


def test_a_watcher_has_its_password_and_its_key_in_files() -> None:
    made = watcher(subject(ROUTES), PLACES)
    assert made is not None
    assert made.variables == {
        "AIRSIDE_AIRFLOW_USERNAME": "airside-alerts",
        "AIRSIDE_AIRFLOW_PASSWORD_FILE": "/run/secrets/password",
        "SOPS_AGE_KEY_FILE": "/key",
    }


@pytest.mark.parametrize(
    ("settings", "environments", "expected"),
    [
        ("", ("production",), False),
        ('[[alerts]]\nchannels = ["a"]\n', ("production",), True),
        ('[[alerts]]\nchannels = ["a"]\n', (), False),
        ('[[alerts]]\nchannels = ["a"]\nenvironments = ["preprod"]\n', ("production",), False),
        ('[[alerts]]\nchannels = ["a"]\nenvironments = ["preprod"]\n', ("production", "preprod"), True),
        ('[[alerts]]\nchannels = ["a"]\nenvironments = ["prod*"]\n', ("production",), True),
    ],
)
def test_there_is_a_watcher_where_somebody_is_told(
    settings: str, environments: tuple[str, ...], expected: bool
) -> None:
    wanted = subject(settings, environments)
    assert is_watched(wanted) is expected
    assert (watcher(wanted, PLACES) is not None) is expected
