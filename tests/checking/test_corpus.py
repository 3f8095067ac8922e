"""The planted defects are found, each where it is; and in good workflows nothing is."""

import importlib.util
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from good_workspace import write_good_workspace

from airside.checking.check import Request, run_check
from airside.checking.inspector import Inspector, Limits
from airside.checking.report import Report
from airside.checking.rules import RULES
from airside.checking.source import find_ruff
from airside.cli.names import all_names
from airside.workspace.layout import serve_folder
from airside.workspace.workspace import Workspace, open_workspace
from corpus import WORKSPACE, Expected, expected

TRUE_ERRORS_OF_EXAMPLES = {
    # The package is not installed here.
    ("dags/airflow/tutorial_objectstorage.py", "missing-package"),
    # They import their classes from a package that is not installed as a plugin.
    ("dags/airflow/example_custom_weight.py", "import-error"),
    ("dags/airflow/example_workday_timetable.py", "import-error"),
}
PLANTED = expected()
WRITTEN = WORKSPACE.parent / "good"


def check(workspace: Workspace, environment: str | None = None, variables: Mapping[str, str] | None = None) -> Report:
    asked = workspace.settings.check
    limits = Limits(seconds=asked.timeout, memory_mib=asked.memory, network=asked.network, jobs=2)
    request = Request(
        workspace=workspace,
        root=serve_folder(workspace),
        names=all_names(workspace),
        environment=environment,
        ruff=find_ruff(workspace.state / "env"),
    )
    with Inspector(Path(sys.executable), environment=variables or {}, limits=limits) as inspector:
        return run_check(request, inspector)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    root = tmp_path_factory.mktemp("corpus") / "workspace"
    shutil.copytree(WORKSPACE, root)
    return check(open_workspace(root), "production")


@pytest.mark.xdist_group("corpus")
def test_the_corpus_is_large() -> None:
    assert len({defect.file for defect in PLANTED}) >= 80
    assert len({defect.rule for defect in PLANTED} & set(RULES)) >= 50


@pytest.mark.xdist_group("corpus")
@pytest.mark.parametrize("defect", PLANTED, ids=lambda defect: f"{defect.file}:{defect.line}:{defect.rule}")
def test_a_planted_defect_is_found_where_it_is(defect: Expected, report: Report) -> None:
    found = [finding for finding in report.findings if (finding.file, finding.rule) == (defect.file, defect.rule)]
    assert [finding for finding in found if defect.line in (None, finding.line)]
    assert not defect.warning or {finding.severity for finding in found} == {"warning"}


@pytest.mark.xdist_group("corpus")
def test_nothing_else_is_found_in_the_corpus(report: Report) -> None:
    planted = {(defect.file, defect.rule) for defect in PLANTED}
    assert [finding for finding in report.findings if (finding.file, finding.rule) not in planted] == []


@pytest.mark.xdist_group("corpus")
def test_a_message_has_no_full_stop_and_an_advice_has_one(report: Report) -> None:
    own = [finding for finding in report.findings if finding.rule in RULES]
    assert [finding.message for finding in own if finding.message.endswith(".")] == []
    assert [finding.fix for finding in own if finding.fix and not finding.fix.endswith((".", "?"))] == []


def test_nothing_is_found_in_good_workflows(tmp_path: Path) -> None:
    report = check(open_workspace(write_good_workspace(tmp_path / "good", files=300)))
    assert report.findings == ()
    assert report.workflows == 300


@pytest.mark.slow
def test_nothing_is_found_in_workflows_as_teams_write_them(tmp_path: Path) -> None:
    shutil.copytree(WRITTEN, tmp_path / "good")
    report = check(open_workspace(tmp_path / "good"), "production")
    # How long pandas takes to be imported says something about the machine only.
    assert [finding for finding in report.findings if finding.rule != "import-slow"] == []
    assert report.workflows >= 84
    faults = [fault for facts in report.facts for workflow in facts.workflows for fault in workflow.faults]
    assert faults == []


@pytest.mark.slow
def test_no_error_is_found_in_the_examples_that_airflow_ships(tmp_path: Path) -> None:
    plugins = copy_examples(tmp_path)
    report = check(open_workspace(tmp_path), variables={"AIRFLOW__CORE__PLUGINS_FOLDER": str(plugins)})
    errors = {(finding.file, finding.rule) for finding in report.findings if finding.severity == "error"}
    assert errors <= TRUE_ERRORS_OF_EXAMPLES
    assert report.workflows >= 100


def copy_examples(root: Path) -> Path:
    """Make `root` a workspace of the examples of Airflow and of its standard provider, and return their plugins."""
    for package in ("airflow", "airflow.providers.standard"):
        spec = importlib.util.find_spec(package)
        assert spec is not None
        folder = next(iter(spec.submodule_search_locations or ()))
        ignored = shutil.ignore_patterns("__pycache__", "plugins")
        shutil.copytree(Path(folder) / "example_dags", root / "dags" / package, ignore=ignored)
    (root / "airside.toml").write_text('[workspace]\nname = "examples"\n')
    found = importlib.util.find_spec("airflow.example_dags")
    assert found is not None
    return Path(next(iter(found.submodule_search_locations or ()))) / "plugins"
