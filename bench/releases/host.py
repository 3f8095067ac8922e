"""The driver's side of a worker process."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.releases.peers import ENVIRON, ROOT


@dataclass(frozen=True)
class Started:
    """How subjects started.

    Attributes:
        wall: Milliseconds from the first beginning to the last end.
        each: Milliseconds of each one.
        mib: By how much each process grew at its peak.
    """

    wall: float
    each: list[float]
    mib: list[float]


@dataclass(frozen=True)
class Host:
    """A worker process."""

    process: "subprocess.Popen[str]"
    kind: str
    log: Path

    def start(self, *subjects: Mapping[str, Any]) -> Started:
        """Start subjects, each in a new process, all at once."""
        answer = self._ask(do="start", kind=self.kind, subjects=subjects)
        return Started(
            answer["wall"], [each["ms"] for each in answer["each"]], [each["mib"] for each in answer["each"]]
        )

    def hold(self, subject: Mapping[str, Any]) -> None:
        """Start a subject in the worker process and keep it."""
        self._ask(do="hold", kind=self.kind, arguments=subject)

    def refresh(self, file: str = "", text: str = "") -> tuple[float, float]:
        """Refresh what is held until `file` ends with `text`; return milliseconds and MiB."""
        answer = self._ask(do="refresh", file=file, text=text)
        return answer["ms"], answer["mib"]

    def _ask(self, **command: object) -> Any:  # noqa: ANN401 - each command has its own answer
        if self.process.stdin is None or self.process.stdout is None:
            raise RuntimeError("The worker was started without pipes")
        try:
            print(json.dumps(command), file=self.process.stdin, flush=True)
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise SystemExit(f"The worker of {self.kind} ended:\n{self.log.read_text(errors='replace')[-3000:]}")
        return json.loads(line)


@contextmanager
def hosting(python: Path, kind: str, folder: Path, environ: Mapping[str, str]) -> Iterator[Host]:
    """Run a worker for subjects of one kind, with bundles below `folder`, until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "worker.log"
    settings = {
        "AIRFLOW_HOME": str(folder / "airflow"),
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": str(folder / "bundles"),
        "PYTHONPATH": f"{ROOT}:{ROOT / 'tests' / 'support'}",
    }
    with log.open("ab") as output:
        process = subprocess.Popen(
            [python, "-m", "bench.releases.worker", kind],
            env={**ENVIRON, **settings, **environ},
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
        )
    try:
        yield Host(process, kind, log)
    finally:
        if process.stdin is not None:
            process.stdin.close()
        process.wait()
