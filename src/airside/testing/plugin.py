"""The plugin for pytest, in every project that has Airside: hooks that do nothing until a test uses it.

It is imported whenever pytest starts, so what it needs is imported where it is used.
"""

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from airside.testing.pytest_plugin.ledger import SESSION, Ledger

if TYPE_CHECKING:
    from airside.testing.pytest_plugin.runner import DagRun, TaskRun


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("airside", "functional tests of Airflow workflows")
    group.addoption("--dags-folder", metavar="FOLDER", help="The folder with DAG files, where no workspace says it.")
    group.addoption("--airside-report", metavar="FILE", help="Write what the tests verified, as JSON.")
    group.addoption(
        "--require-verified",
        action="store_true",
        help="Fail unless the tests that ran verify every task of the workflows that they ran.",
    )
    parser.addini("airside_dags_folder", "The folder with DAG files, relative to this file.", default="")
    parser.addini("airside_cases", "Folders with YAML cases, relative to this file.", type="paths", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Begin to note what tests verify; with xdist the controller does."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Ledger(config), "airside-ledger")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the cases of a YAML file."""
    if file_path.suffix not in {".yaml", ".yml"}:
        return None
    from airside.testing.pytest_plugin.case_files import has_cases  # noqa: PLC0415 - see above

    if not has_cases(file_path, parent):
        return None
    from airside.testing.cases.collecting import collect_file  # noqa: PLC0415 - see above

    return collect_file(file_path, parent)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that has the fixture `dags` once for each workflow."""
    if "dags" in metafunc.fixturenames:
        from airside.testing.pytest_plugin.all_dags import parametrize  # noqa: PLC0415 - see above

        parametrize(metafunc)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show failures without our own frames, and write into the report of a test what it ran."""
    session = item.config.stash.get(SESSION, None)
    if session is None:
        return (yield)
    session.shorten(call)
    report = yield
    session.note(report)
    return report


@pytest.fixture
def dag_run(request: pytest.FixtureRequest) -> Iterator["DagRun"]:
    """Run a workflow: `dag_run("orders", logical_date="2026-01-02", connections={…})`; see `DagRun`."""
    from airside.testing.pytest_plugin.runner import runner  # noqa: PLC0415 - see above

    with runner(request.config, request.node.nodeid, request.path.parent) as run:
        yield run


@pytest.fixture
def task_run(dag_run: "DagRun") -> "TaskRun":
    """Run one task of a workflow: `task_run("orders.load", xcoms={"extract": [1]})`; see `TaskRun`."""
    from airside.testing.pytest_plugin.runner import TaskRun  # noqa: PLC0415 - see above

    return TaskRun(dag_run)


@pytest.fixture
def dags(request: pytest.FixtureRequest) -> object:
    """Each workflow of the folder in turn, as Airflow's scheduler has it (`SerializedDAG`); the test runs for each."""
    from airside.testing.pytest_plugin.all_dags import loaded  # noqa: PLC0415 - see above

    return loaded(request)
