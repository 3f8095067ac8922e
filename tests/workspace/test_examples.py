"""The template of examples: each has all its parts, and all of it is right before an Airflow runs it."""

import re
import tomllib
from pathlib import Path

import pytest
from examples_place import FILES, promised

from airside.workspace.git import make_repository
from airside.workspace.templating import make_workspace
from airside.workspace.workspace import open_workspace

EXAMPLES = sorted(path.stem for path in (FILES / "dags").glob("*.py"))

STATES = {
    "running", "success", "failed", "upstream_failed", "skipped", "up_for_retry", "up_for_reschedule", "queued",
    "scheduled",
}  # fmt: skip
"""Those of tasks and runs (airflow/utils/state.py 3.3.2)."""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("examples") / "new"
    make_workspace(folder, template="examples", name="new", version="0.1.0", python="3.11")
    make_repository(folder)
    return folder


def test_there_are_many_examples() -> None:
    assert len(EXAMPLES) >= 15


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_has_a_workflow_a_test_a_page_and_a_line_in_the_readme(root: Path, example: str) -> None:
    assert (root / "tests" / f"test_{example}.py").is_file()
    page = (root / "docs" / f"{example}.md").read_text()
    assert f"`dags/{example}.py`" in page
    assert "## Know this" in page
    assert f"(docs/{example}.md)" in (root / "README.md").read_text()


def test_no_test_and_no_page_is_of_an_example_that_is_gone() -> None:
    assert sorted(path.stem for path in (FILES / "docs").glob("*.md")) == EXAMPLES
    assert sorted(path.stem.removeprefix("test_") for path in (FILES / "tests").glob("*.py")) == EXAMPLES


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_page_says_what_will_be_seen_in_states_that_airflow_has(example: str) -> None:
    told = {state for table in promised(example) for row in table for state in row if state}
    text = (FILES / "docs" / f"{example}.md").read_text()
    assert (told | set(re.findall(r"`([a-z_]+)`", text))) & STATES
    assert "Switch" in text, "nothing is seen before it is on"


def test_nothing_runs_before_somebody_wants_to_see_it(root: Path) -> None:
    variables = open_workspace(root).settings.airflow.variables
    assert variables["AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION"].lower() == "true"


def test_the_route_on_the_page_is_the_one_in_the_settings(root: Path) -> None:
    page = (root / "docs" / "alert_on_failure.md").read_text()
    (shown,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert tomllib.loads(shown)["alerts"] == tomllib.loads((root / "airside.toml").read_text())["alerts"]


def test_no_example_sleeps_for_long() -> None:
    for path in (FILES / "dags").glob("*.py"):
        for seconds in re.findall(r"seconds: float = ([\d.]+)", path.read_text()):
            assert float(seconds) <= 2, path
