import json
from pathlib import Path

import pytest

from airside.cli.main import run

SETTINGS = '[workspace]\nname = "x"\n[environments.dev]\n[environments."preview/mine"]\n'


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "workspace"
    (folder / "dags").mkdir(parents=True)
    (folder / "airside.toml").write_text(SETTINGS)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("VISUAL", "SOPS_AGE_KEY_FILE", "SOPS_AGE_KEY"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def saves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the user's editor saves: the content of this file."""
    text, editor = tmp_path / "text", tmp_path / "editor"
    editor.write_text(f'#!/bin/sh\ncat "{text}" > "$1"\n')
    editor.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(editor))
    return text


def test_what_is_saved_is_encrypted_in_the_workspace(
    root: Path, tmp_path: Path, saves: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    saves.write_text("variables:\n    token: hunter2\n")
    assert run(["secrets", "edit", "dev"]) == 0
    said = capfd.readouterr()
    assert "hunter2" not in (root / "secrets" / "dev.yaml").read_text() + said.out + said.err
    assert "git add secrets/dev.yaml" in said.out
    assert (tmp_path / "config" / "airside" / "age" / "keys.txt").stat().st_mode & 0o777 == 0o600


def test_the_answer_as_json_names_what_is_in_the_file(saves: Path, capfd: pytest.CaptureFixture[str]) -> None:
    saves.write_text("variables:\n    token: hunter2\n")
    assert run(["--json", "secrets", "edit", "preview/mine"]) == 0
    answer = json.loads(capfd.readouterr().out)
    assert answer["file"].endswith("secrets/preview--mine.yaml")
    assert answer["names"] == ["variables.token"]


def test_a_new_file_that_nobody_changed_is_not_kept(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR", "true")
    assert run(["secrets", "edit", "dev"]) == 0
    assert not (root / "secrets" / "dev.yaml").exists()


def test_a_wrong_shape_exits_with_1_and_shows_no_value(
    root: Path, saves: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    saves.write_text("connections:\n    db: hunter2\n")
    assert run(["secrets", "edit", "dev"]) == 1
    said = capfd.readouterr()
    assert "connections.db: expected fields" in said.err
    assert "hunter2" not in said.out + said.err


@pytest.mark.parametrize("verb", ["edit", "apply"])
def test_an_undeclared_environment_exits_with_2_and_makes_no_key(tmp_path: Path, verb: str) -> None:
    assert run(["secrets", verb, "nowhere"]) == 2
    assert not (tmp_path / "config").exists()


def test_without_an_airflow_to_apply_to_the_next_step_is_named(saves: Path, capfd: pytest.CaptureFixture[str]) -> None:
    saves.write_text("variables:\n    token: hunter2\n")
    assert run(["secrets", "edit", "dev"]) == 0
    assert run(["secrets", "apply", "dev"]) == 1
    assert "airside up" in capfd.readouterr().err
