"""Who has the last word: the DAG file, the config, `[defaults]` of the workspace, and what is built in."""

import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from airside.authoring.keys import DEFAULTS as DEFAULTS_KEYS
from airside.authoring.keys import Origin, read
from airside.running.serving import announce

Parse = Callable[[str], dict[str, Any]]

ORDERS = """
from airflow.sdk import task
from airside import workflow

@workflow({arguments})
def orders():
    '''What it is for.'''
    task(lambda: None, task_id="load")()

orders()
"""
DEFAULTS = """
[workspace]
name = "sales"

[defaults]
team = "sales"
tags = ["emea"]
start_date = 2026-01-31
retries = 3
retry_delay = "5m"
max_retry_delay = "1h30m"
execution_timeout = "30m"
dagrun_timeout = "2h"
catchup = true
max_active_runs = 4
max_active_tasks = 8
"""


def orders(parse: Parse, arguments: str = "") -> tuple[Any, Any]:
    """Return the workflow and its task."""
    found = parse(ORDERS.format(arguments=arguments))["orders"]
    return found, found.get_task("load")


def test_without_a_word_a_workflow_has_what_is_built_in(parse: Parse) -> None:
    workflow, task = orders(parse)
    assert (workflow.catchup, workflow.max_active_runs, workflow.doc_md) == (False, 1, "What it is for.")
    assert (task.retries, task.retry_delay, task.retry_exponential_backoff) == (2, timedelta(minutes=1), 2.0)
    assert task.execution_timeout is None


def test_the_defaults_of_the_workspace_fill_what_is_not_said(root: Path, parse: Parse) -> None:
    (root / "airside.toml").write_text(DEFAULTS)
    workflow, task = orders(parse)
    assert workflow.tags == {"emea", "team:sales"}
    assert workflow.start_date == datetime(2026, 1, 31, tzinfo=UTC)
    assert (workflow.catchup, workflow.max_active_runs, workflow.max_active_tasks) == (True, 4, 8)
    assert workflow.dagrun_timeout == timedelta(hours=2)
    assert (task.owner, task.retries) == ("sales", 3)
    assert (task.retry_delay, task.max_retry_delay) == (timedelta(minutes=5), timedelta(minutes=90))
    assert task.execution_timeout == timedelta(minutes=30)


def test_the_config_wins_over_the_defaults(root: Path, parse: Parse) -> None:
    (root / "airside.toml").write_text(DEFAULTS)
    (root / "configs").mkdir()
    (root / "configs" / "orders.yaml").write_text(
        "batch: 10\nworkflow:\n  schedule: '@daily'\n  owner: ana\n  retries: 0\n  tags: [core]\n  dagrun_timeout: 3h\n"
    )
    workflow, task = orders(parse)
    assert (task.owner, task.retries, workflow.dagrun_timeout) == ("ana", 0, timedelta(hours=3))
    assert str(workflow.schedule) == "@daily"
    assert workflow.tags == {"emea", "core", "team:sales"}


def test_the_config_of_the_environment_counts(root: Path, parse: Parse, monkeypatch: pytest.MonkeyPatch) -> None:
    layer = root / "configs" / "environments" / "production"
    layer.mkdir(parents=True)
    (root / "configs" / "orders.yaml").write_text("workflow:\n  schedule: null\n  max_active_runs: 2\n")
    (layer / "orders.yaml").write_text("workflow:\n  schedule: '@hourly'\n")
    monkeypatch.setenv("AIRSIDE_ENVIRONMENT", "production")
    workflow, _ = orders(parse)
    assert (str(workflow.schedule), workflow.max_active_runs) == ("@hourly", 2)


def test_the_dag_file_wins_over_all(root: Path, parse: Parse) -> None:
    (root / "airside.toml").write_text(DEFAULTS)
    (root / "configs").mkdir()
    (root / "configs" / "orders.yaml").write_text("workflow:\n  retries: 5\n  owner: ana\n")
    said = 'owner="bo", team="ops", tags=["x"], retries=1, retry_delay="2m", execution_timeout=None, catchup=False'
    workflow, task = orders(parse, said)
    assert (task.owner, task.retries, task.retry_delay) == ("bo", 1, timedelta(minutes=2))
    assert task.execution_timeout is None
    assert (workflow.catchup, workflow.tags) == (False, {"emea", "x", "team:ops"})


def test_default_args_and_the_arguments_of_a_task_win_too(root: Path, parse: Parse) -> None:
    (root / "airside.toml").write_text(DEFAULTS)
    _, task = orders(parse, 'default_args={"retries": 9, "queue": "big", "retry_exponential_backoff": 0}')
    assert (task.retries, task.queue, task.retry_exponential_backoff, task.owner) == (9, "big", 0, "sales")


def test_a_config_may_have_another_name_and_then_has_to_be_there(root: Path, parse: Parse) -> None:
    (root / "configs" / "sales").mkdir(parents=True)
    (root / "configs" / "sales" / "daily.yaml").write_text("workflow:\n  retries: 7\n")
    assert orders(parse, 'config="sales.daily"')[1].retries == 7
    with pytest.raises(AssertionError, match=r"sales\.dialy"):
        orders(parse, 'config="sales.dialy"')


def test_a_release_says_its_own_defaults_without_an_airside_toml(root: Path, parse: Parse) -> None:
    (root / "airside.toml").write_text(DEFAULTS)
    tree = root / "tree"
    tree.mkdir()
    (tree / ".airside-defaults.json").write_text('{"retries": 6, "start_date": "2026-02-01", "tags": []}')
    announce(tree, "production")
    sys.path.append(str(tree))
    workflow, task = orders(parse)
    assert (task.retries, task.owner, workflow.start_date) == (6, "airflow", datetime(2026, 2, 1, tzinfo=UTC))


@pytest.mark.parametrize("written", ["2026-01-31", date(2026, 1, 31), datetime(2026, 1, 31)])  # noqa: DTZ001 - as said
def test_a_date_without_a_zone_is_in_utc_whatever_the_zone_of_airflow(written: object) -> None:
    found = read({"start_date": written}, DEFAULTS_KEYS, Origin(str, "defaults"))["start_date"]
    assert (found, found.tzinfo) == (datetime(2026, 1, 31, tzinfo=UTC), UTC)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("retires: 3", "configs/orders.yaml:3: orders.workflow.retires is nothing a workflow is told"),
        ("retries: many", "configs/orders.yaml:3: orders.workflow.retries has to be a whole number"),
        ("retry_delay: 5", "configs/orders.yaml:3: orders.workflow.retry_delay has to be a duration"),
        ("start_date: soon", "configs/orders.yaml:3: orders.workflow.start_date has to be a date"),
        ("tags: daily", "configs/orders.yaml:3: orders.workflow.tags has to be a list"),
        ("catchup: 1", "configs/orders.yaml:3: orders.workflow.catchup has to be true or false"),
        ("team: ''", "configs/orders.yaml:3: orders.workflow.team has to be a text"),
    ],
)
def test_a_fault_of_a_config_is_named_with_its_line(root: Path, parse: Parse, line: str, said: str) -> None:
    (root / "configs").mkdir()
    (root / "configs" / "orders.yaml").write_text(f"workflow:\n  owner: ana\n  {line}\n")
    with pytest.raises(AssertionError, match=said):
        orders(parse)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ('retry_delay="soon"', "workflow 'orders'.retry_delay has to be a duration"),
        ('retries="many"', "workflow 'orders'.retries has to be a whole number"),
        ('max_active_runs="2"', "workflow 'orders'.max_active_runs has to be a whole number"),
        ('catchup="no"', "workflow 'orders'.catchup has to be true or false"),
        ('tags="emea"', "workflow 'orders'.tags has to be a list of texts"),
        ("team=5", "workflow 'orders'.team has to be a text"),
        ('config="orders"', "has no config 'orders'"),
        ('config="orders"', r"\(There is no folder .*\)"),
        ("no_such=1", "no_such"),
    ],
)
def test_a_fault_of_the_dag_file_is_an_import_error(parse: Parse, arguments: str, said: str) -> None:
    with pytest.raises(AssertionError, match=f"(?i){said}"):
        orders(parse, arguments)


def test_a_broken_airside_toml_is_named(root: Path, parse: Parse) -> None:
    (root / "airside.toml").write_text("[defaults\n")
    with pytest.raises(AssertionError, match=r"airside\.toml cannot be read"):
        orders(parse)


@pytest.mark.parametrize("dag_id", ["a..b", "local", "environments.x"])
def test_an_id_that_names_no_config_is_an_id_all_the_same(parse: Parse, dag_id: str) -> None:
    assert list(parse(ORDERS.format(arguments=f'"{dag_id}"'))) == [dag_id]


def test_outside_of_any_workspace_there_is_what_is_built_in(root: Path, parse: Parse) -> None:
    (root / "airside.toml").unlink()
    assert orders(parse)[1].retries == 2
    with pytest.raises(AssertionError, match="no workspace around"):
        orders(parse, 'config="orders"')
