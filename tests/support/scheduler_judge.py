"""Airflow's own scheduling of scripted workflows, asked of a process of its own (`judging_process.py`)."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from scripted_workflows import Judgement, WorkflowSpec


class Judge:
    """Asks the process."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path) -> None:
        self._process = process
        self._log = log

    def judge(self, spec: WorkflowSpec) -> Judgement:
        """Return what Airflow makes of a workflow."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(msgspec.json.encode(spec) + b"\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, self._log.read_text()
        return msgspec.json.decode(answer, type=Judgement)


@contextmanager
def airflow_judge(home: Path) -> Iterator[Judge]:
    """Start the process, with a database in `home`, and end it."""
    log = home / "judge.log"
    command = [sys.executable, "-W", "ignore", str(Path(__file__).with_name("judging_process.py"))]
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, env=_environ(home)
        ) as process,
    ):
        try:
            yield Judge(process, log)
        finally:
            process.terminate()


def _environ(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "PYTHONDONT"))}  # noqa: TID251 - a test process is its own program
    return kept | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    }
