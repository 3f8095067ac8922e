"""Tests that are killed leave nothing behind."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

WORKFLOW = """
import time
from airflow.sdk import DAG, task

with DAG("hanging"):

    @task
    def hang():
        open("begun", "w").close()
        time.sleep(100)

    hang()
"""

TEST = """
from airside.testing import files, sqlite

def test_it(dag_run):
    dag_run("hanging", timeout=100, connections={"in": files(contents={"a": {"text": "b"}}), "db": sqlite()})
"""


def test_the_folders_of_stand_ins_go_with_tests_that_are_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in {"dags/hanging.py": WORKFLOW, "test_it.py": TEST, "pytest.ini": "[pytest]\n"}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    with subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", "test_it.py"], cwd=tmp_path, stdout=subprocess.DEVNULL
    ) as tests:
        while not any(temporary.rglob("begun")):
            assert tests.poll() is None
            time.sleep(0.05)
        tests.kill()
    end = time.monotonic() + 60
    while left := list(temporary.iterdir()):
        assert time.monotonic() < end, left
        time.sleep(0.05)
