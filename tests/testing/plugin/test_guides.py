"""What the guides show works: their files are written, and their commands say what the page shows."""

import re
from dataclasses import fields
from pathlib import Path

import msgspec
import pytest
from walkthrough import DOCS, first_missing, typed
from walkthrough import fences as fences_of

from airside.testing.given import Given
from airside.testing.pytest_plugin.giving import Giving
from airside.testing.results.run import Run
from airside.testing.results.task import TaskResult
from airside.testing.verdicts import TestReport

PAGES = [
    DOCS / "how-to" / "test-a-workflow.md",
    DOCS / "how-to" / "move-from-dag-test.md",
    DOCS / "how-to" / "move-from-a-dagbag-test.md",
    DOCS / "how-to" / "move-from-pytest-airflow-in-a-box.md",
    DOCS / "reference" / "functional-tests.md",
]
_TITLED = re.compile(r'^```\w+ title="([^"]+)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)


def _write_files(page: Path, folder: Path) -> None:
    for name, text in _TITLED.findall(page.read_text()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def _needs_a_process(file: Path) -> bool:
    """Say whether pytest imports Airflow itself for the tests of a file, which it should not do in this process."""
    return any(sign in file.read_text() for sign in ("(dags)", "airflow", "import dag"))


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_guide_shows_happens(page: Path, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    _write_files(page, pytester.path)
    pytester.makeini("[pytest]\naddopts = -p no:cacheprovider")
    # Airflow itself is imported by a test that has a DAG of its own.
    monkeypatch.setenv("AIRFLOW_HOME", str(pytester.path / "airflow"))
    monkeypatch.setenv("COLUMNS", "80")
    steps = [step for fence in fences_of(page) if fence.language == "console" for step in typed(fence)]
    for step in steps:
        command = step.command.removeprefix("python -m ").split()
        if command[0] != "pytest":
            continue
        alone = _needs_a_process(pytester.path / command[-1])
        done = pytester.runpytest_subprocess(*command[1:]) if alone else pytester.runpytest_inprocess(*command[1:])
        output = done.stdout.str()
        assert first_missing(step.shown, output) is None, f"{step.command}\n{output}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_python_of_a_guide_is_python(page: Path) -> None:
    for fence in fences_of(page):
        if fence.language == "python":
            compile(fence.text, fence.where, "exec")


REFERENCE = (DOCS / "reference" / "functional-tests.md").read_text()


def _rows(heading: str) -> list[str]:
    part = REFERENCE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return [re.sub(r"\(.*", "", name) for name in re.findall(r"^\| `([^`]+)`", part, re.MULTILINE)]


def _public(kind: type[object]) -> set[str]:
    slots = {name for name in getattr(kind, "__annotations__", {}) if not name.startswith("_")}
    return slots | {name for name in vars(kind) if not name.startswith("_")}


def test_the_reference_names_all_that_a_run_can_be_given_and_no_more() -> None:
    assert set(_rows("dag_run")) == {field.name for field in fields(Given)} - {"dag_id"} == set(Giving.__annotations__)


@pytest.mark.parametrize(("heading", "kind", "held"), [
    ("Run", Run, {"outcome", "given", "was_shown", 'run["load"]'}),
    ("TaskResult", TaskResult, {"run"}),
])  # fmt: skip
def test_the_reference_names_all_that_a_result_has_and_no_more(
    heading: str, kind: type[object], held: set[str]
) -> None:
    assert set(_rows(heading)) == _public(kind) | held


def test_the_report_of_the_reference_is_one() -> None:
    shown = re.search(r'```json title="report.json"\n(.*?)```', REFERENCE, re.DOTALL)
    assert shown is not None
    report = msgspec.json.decode(shown[1], type=TestReport, strict=True)
    assert msgspec.json.decode(shown[1]) == msgspec.json.decode(msgspec.json.encode(report))
