"""A script that lacks a program says so before it does anything."""

import shutil
import subprocess
from pathlib import Path

import pytest

from airside.render.programs import required


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bin").mkdir()
    bash = shutil.which("bash")
    assert bash is not None
    (tmp_path / "bin" / "bash").symlink_to(bash)
    (tmp_path / "deploy.sh").write_text(f"#!/usr/bin/env bash\nset -eu\n{required('helm', 'kubectl')}\necho begun\n")
    (tmp_path / "deploy.sh").chmod(0o755)
    return tmp_path


def run(folder: Path, *programs: str) -> subprocess.CompletedProcess[str]:
    for name in programs:
        (folder / "bin" / name).write_text("")
        (folder / "bin" / name).chmod(0o755)
    environ = {"PATH": str(folder / "bin")}
    return subprocess.run([folder / "deploy.sh"], env=environ, capture_output=True, text=True, check=False)


def test_the_first_program_that_is_missing_is_named(folder: Path) -> None:
    done = run(folder, "helm")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith("/deploy.sh needs the program kubectl, which this machine has not\n")


def test_with_all_of_them_it_goes_on(folder: Path) -> None:
    assert run(folder, "helm", "kubectl").stdout == "begun\n"
