import json
import subprocess
from pathlib import Path

import pytest

from airside.cli.main import run
from airside.workspace.workspace import open_workspace


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_workspace_is_named_after_its_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", "Sales Flows"]) == 0
    assert open_workspace(tmp_path / "Sales Flows").name == "sales-flows"
    said = capsys.readouterr().out
    assert "cd 'Sales Flows' && git add . && git commit" in said
    assert "airside up" in said


def test_it_becomes_a_repository_without_a_commit(tmp_path: Path) -> None:
    assert run(["init", "new"]) == 0
    assert (tmp_path / "new" / ".git").is_dir()
    found = subprocess.run(["git", "rev-parse", "HEAD"], cwd=tmp_path / "new", capture_output=True, check=False)
    assert found.returncode != 0


def test_in_a_repository_no_other_is_made(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    assert run(["init", "new"]) == 0
    assert not (tmp_path / "new" / ".git").exists()


def test_the_answer_as_json_names_what_was_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--json", "init", "new", "--template", "flights", "--name", "delays"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer == {"workspace": str(tmp_path / "new"), "name": "delays", "template": "flights"}


@pytest.mark.parametrize(
    "arguments", [["init", "é"], ["init", "new", "--name", "A B"], ["init", "."], ["init", "new", "--template", "x"]]
)
def test_a_wrong_request_exits_with_2_and_makes_nothing(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "file").touch()
    assert run(arguments) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_an_update_over_uncommitted_work_exits_with_3(tmp_path: Path) -> None:
    assert run(["init", "new"]) == 0
    assert run(["init", "new", "--update"]) == 3
