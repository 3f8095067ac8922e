"""What `airside image build` says when it cannot; `tests/targets/test_image.py` builds."""

import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from folders import Folder

Airside = Callable[..., SimpleNamespace]
SETTINGS = '[workspace]\nname = "sales-flows"\n[airflow]\npython = "3.12"\n'
NAMED = SETTINGS + '[image]\nname = "registry.example.com/team/airflow"\n'


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs, alone on the path with the shell."""
    folder = tmp_path / "programs"
    folder.mkdir()
    (folder / "sh").symlink_to(shutil.which("sh") or "/bin/sh")
    monkeypatch.setenv("PATH", str(folder))
    # What is built is not the point, and a wheel of Airside takes seconds.
    monkeypatch.setattr("airside.platform.own_wheel.put_own_wheel", lambda _: None)
    return folder


@pytest.fixture
def ready(folder: Folder, programs: Path) -> Folder:
    folder.write("airside.toml", NAMED)
    folder.write("requirements.lock", "apache-airflow==3.3.2\n")
    return folder


def put(folder: Path, name: str, script: str) -> None:
    """Put a program in that stands for one that this machine may not have, and does what `script` says."""
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def test_without_docker_and_podman_it_says_so(ready: Folder, airside: Airside) -> None:
    done = airside("image", "build")
    assert done.code == 2
    assert "There is no docker and no podman on this machine" in done.err


def test_a_docker_that_does_not_run_is_told_of(ready: Folder, programs: Path, airside: Airside) -> None:
    put(programs, "docker", "echo 'Cannot connect to the Docker daemon' >&2; exit 1")
    done = airside("image", "build")
    assert done.code == 1
    assert "docker does not answer: Cannot connect to the Docker daemon" in done.err
    assert "--with podman" in done.err


def test_podman_builds_where_docker_does_not_run(ready: Folder, programs: Path, airside: Airside) -> None:
    put(programs, "docker", "exit 1")
    put(programs, "podman", "echo $1 $2 $3")
    done = airside("image", "build", "--tag", "1")
    assert done.code == 0, done.err
    assert "registry.example.com/team/airflow:1 is built" in done.out
    assert "airside image build --push" in done.out


def test_the_last_lines_of_a_build_that_fails_are_shown(ready: Folder, programs: Path, airside: Airside) -> None:
    put(programs, "podman", "echo STEP 7/17: RUN uv pip sync; echo no such package >&2; exit 125")
    done = airside("image", "build")
    assert done.code == 1
    assert "podman could not build" in done.err
    assert "STEP 7/17" in done.err
    assert "no such package" in done.err


def test_a_registry_that_denies_it_asks_for_a_login(ready: Folder, programs: Path, airside: Airside) -> None:
    put(programs, "podman", 'if [ "$1" = push ]; then echo requested access to the resource is denied; exit 1; fi')
    done = airside("image", "build", "--push")
    assert done.code == 1
    assert "registry.example.com denies" in done.err
    assert "podman login registry.example.com" in done.err


def test_without_a_name_nothing_is_pushed(ready: Folder, airside: Airside) -> None:
    ready.write("airside.toml", SETTINGS)
    done = airside("image", "build", "--push")
    assert done.code == 2
    assert "image" in done.err
    assert "registry.example.com/team/airflow" in done.err


def test_without_a_lock_file_nothing_is_built(ready: Folder, airside: Airside) -> None:
    (ready.root / "requirements.lock").unlink()
    done = airside("image", "build")
    assert done.code == 2
    assert "requirements.lock" in done.err


def test_a_tag_that_is_none_is_refused(ready: Folder, airside: Airside) -> None:
    assert airside("image", "build", "--tag", "a tag").code == 2


def test_the_tag_is_the_beginning_of_the_digest_of_the_lock_file(
    ready: Folder, programs: Path, airside: Airside
) -> None:
    put(programs, "podman", "exit 0")
    done = airside("--json", "image", "build", "--with", "podman")
    assert done.code == 0
    assert '"image": "registry.example.com/team/airflow:' in done.out
