"""Lines that run in the process of a workflow count where pytest is measured."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pytest_cov")

WORKFLOW = """\
from airflow.sdk import dag, task

@dag(schedule=None, params={"n": 1})
def covered():
    @task
    def act(params: dict):
        if params["n"] == 1:
            return 1
        if params["n"] == 2:
            return 2
        return 3
    act()

covered()
"""

TEST = """\
def test_one(dag_run):
    assert dag_run("covered")["act"].output == 1

def test_two(dag_run):
    assert dag_run("covered", conf={"n": 2})["act"].output == 2

def test_own(dag_run):
    from airflow.sdk import DAG, task

    with DAG("own") as dag:
        @task
        def act():
            return 1
        act()
    assert dag_run(dag)["act"].output == 1
"""


@pytest.mark.slow
@pytest.mark.parametrize("processes", [(), ("-n", "1")], ids=["alone", "with xdist"])
def test_the_lines_of_all_runs_are_covered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, processes: tuple[str, ...]
) -> None:
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)  # what these tests run with may name files of its own
    (tmp_path / "dags").mkdir()
    (tmp_path / "dags" / "covered.py").write_text(WORKFLOW)
    (tmp_path / "test_covered.py").write_text(TEST)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--dags-folder", "dags", *processes]
    shown = ["--cov=dags", "--cov-report=term-missing"]
    done = subprocess.run([*command, *shown], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    line = next(line for line in done.stdout.splitlines() if line.startswith("dags/covered.py"))
    assert line.split()[-2:] == ["92%", "11"], line
    assert "test_covered.py" not in done.stdout, "nobody wants that measured"
    assert "No data was collected" not in done.stdout + done.stderr
