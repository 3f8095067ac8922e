"""Pipelines are written where the services look for them, and nobody's file is lost."""

import json
from pathlib import Path

import pytest
from folders import Folder
from pipelines import SERVICES, rendered
from rendered_subject import SETTINGS

from airside.cli.main import run

every_service = pytest.mark.parametrize("service", SERVICES)


def _workspace(root: Path, settings: str = "") -> Path:
    folder = Folder(root, SETTINGS + settings)
    folder.write("requirements.lock", "apache-airflow==3.3.2\n")
    return folder.root


@every_service
def test_the_files_are_at_the_top_of_the_workspace(service: str, tmp_path: Path) -> None:
    root = _workspace(tmp_path / "flüge & Züge")
    assert run(["-C", str(root), "render", service]) == 0
    for path in rendered(service):
        assert (root / path).read_text().startswith(("# Rendered by", "// Rendered by"))
    assert list(json.loads((root / "deploy" / f"{service}.rendered.json").read_text())["files"]) == list(
        rendered(service)
    )
    assert run(["-C", str(root), "render", service, "--check"]) == 0


@every_service
def test_a_workspace_in_a_folder_has_them_at_the_top_of_its_repository(service: str, tmp_path: Path) -> None:
    root = _workspace(tmp_path / "flüge" / "one two", '[ci]\nfolder = "flüge/one two"\n')
    assert run(["-C", str(root), "render", service]) == 0
    for path in rendered(service):
        text = (tmp_path / path).read_text()
        assert "AIRSIDE_WORKSPACE" in text
        assert "flüge/one two" in text
        assert not (root / path).exists()
    assert run(["-C", str(root), "render", service, "--check"]) == 0


@every_service
def test_a_pipeline_of_somebody_else_stays(service: str, tmp_path: Path) -> None:
    root = _workspace(tmp_path / "flows")
    first = next(iter(rendered(service)))
    (root / first).parent.mkdir(parents=True, exist_ok=True)
    (root / first).write_text("mine\n")
    assert run(["-C", str(root), "render", service]) == 3
    assert (root / first).read_text() == "mine\n"
    assert not (root / "deploy").exists()
    assert run(["-C", str(root), "render", service, "--force"]) == 0
    assert (root / first).read_text() != "mine\n"


@every_service
def test_a_change_of_the_settings_is_told_and_written(service: str, tmp_path: Path) -> None:
    root = _workspace(tmp_path / "flows")
    assert run(["-C", str(root), "render", service]) == 0
    with (root / "airside.toml").open("a") as settings:
        settings.write('[ci]\npromote = ""\n')
    assert run(["-C", str(root), "render", service, "--check"]) == 1
    assert run(["-C", str(root), "render", service]) == 0
    assert run(["-C", str(root), "render", service, "--check"]) == 0
