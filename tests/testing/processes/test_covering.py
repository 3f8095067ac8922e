"""Lines that run in the process of a workflow count where pytest is measured."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pytest_cov")

WORKFLOW = """\
from airflow.sdk import dag, task

@dag(schedule=None)
def covered():
    @task
    def act():
        if not act:
            return 1
        return 2
    act()

covered()
"""

TEST = """\
def test_covered(dag_run):
    assert dag_run("covered")["act"].output == 2
"""


@pytest.mark.platform
@pytest.mark.parametrize("processes", [(), ("-n", "1")], ids=["alone", "with xdist"])
def test_lines_of_a_task_are_covered(tmp_path: Path, processes: tuple[str, ...]) -> None:
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags" / "covered.py").write_text(WORKFLOW)
    (tmp_path / "test_covered.py").write_text(TEST)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--dags-folder", "dags", *processes]
    shown = ["--cov=dags", "--cov-report=term-missing"]
    done = subprocess.run([*command, *shown], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    line = next(line for line in done.stdout.splitlines() if line.startswith("dags/covered.py"))
    assert line.split()[-2:] == ["90%", "8"], line
