"""Measure `airside check` against what teams run today, in one run on one machine.

Two tables: how long a check of 300 good DAG files takes, and who finds which of the planted defects of the corpus.

Usage: python -m bench.check [--rounds N] [--files N]
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from good_workspace import write_good_workspace
from rich.console import Console
from rich.table import Table
from ruff import find_ruff_bin

from corpus import WORKSPACE, Expected, expected

AIRSIDE = [sys.executable, "-m", "airside"]
ENVIRON = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}  # noqa: TID251 - a program of its own
RUFF_RULES = "AIR,F,E4,E7,E9,S"
ENDS_THE_PROCESS = {"import-crash", "import-memory", "import-timeout"}
"""Files that no tool without processes of their own survives: the others get a corpus without them."""
VERDICT = re.compile(r"[\d.]+ s\b")
COLD, ONE, WATCH = "check, cold", "check of one file, cold", "one saved file, warm (--watch)"
TARGETS = {COLD: "<= 1.5x", WATCH: "<= 0.3 s"}


@dataclass(frozen=True, slots=True)
class Timing:
    """How long one command took, in seconds, each round."""

    what: str
    who: str
    rounds: Sequence[float]

    @property
    def median(self) -> float:
        """The median of the rounds."""
        return statistics.median(self.rounds)


def run(command: Sequence[object], cwd: Path, environ: dict[str, str] = ENVIRON) -> subprocess.CompletedProcess[str]:
    """Run a command; what it prints is its result, whatever its exit code."""
    return subprocess.run(list(map(str, command)), cwd=cwd, env=environ, capture_output=True, text=True, check=False)


def seconds(work: Callable[[], object]) -> float:
    """Return how long `work` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def timings(place: Path, rounds: int, files: int) -> Iterator[Timing]:
    """Yield what was measured on a workspace of `files` good DAG files."""
    workspace = write_good_workspace(place / "good", files)
    # The first one builds the Python environment, as the first `airside up` does.
    first = run([*AIRSIDE, "check"], workspace)
    if first.returncode != 0:
        raise SystemExit(f"the good workspace is not: {first.stdout}{first.stderr}")
    peer = Airflow(workspace, place / "airflow")
    measured: tuple[tuple[str, str, Callable[[], object]], ...] = (
        (COLD, "airside", lambda: run([*AIRSIDE, "check"], workspace)),
        (COLD, "airflow dags list-import-errors --local", peer.import_errors),
        (COLD, "ruff alone", lambda: ruff(workspace)),
        (ONE, "airside", lambda: run([*AIRSIDE, "check", "dags/flow_007.py"], workspace)),
    )
    # Round by round, so that a slow minute of the machine is shared.
    taken: dict[tuple[str, str], list[float]] = {(what, who): [] for what, who, _ in measured}
    for _ in range(rounds):
        for what, who, work in measured:
            taken[what, who].append(seconds(work))
    yield from (Timing(what, who, numbers) for (what, who), numbers in taken.items())
    yield Timing(WATCH, "airside", list(saves(workspace, rounds)))


def saves(workspace: Path, rounds: int) -> Iterator[float]:
    """Yield how long `airside check --watch` takes from the save of a file until its verdict is printed."""
    command = [*AIRSIDE, "check", "--watch"]
    file = workspace / "dags" / "flow_009.py"
    with subprocess.Popen(
        command, cwd=workspace, env=ENVIRON, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        _verdict(process.stdout.readline)
        for number in range(rounds + 1):
            time.sleep(0.7)
            started = time.perf_counter()
            with file.open("a") as text:
                text.write(f"# saved {number}\n")
            _verdict(process.stdout.readline)
            if number:  # the first save warms what only a save needs
                yield time.perf_counter() - started
        process.terminate()


def _verdict(read: Callable[[], str]) -> None:
    while line := read():
        if VERDICT.search(line):
            return
    raise SystemExit("airside check --watch ended")


@dataclass(frozen=True)
class Airflow:
    """Airflow's own check, in the environment that `airside check` has built for the workspace."""

    workspace: Path
    home: Path

    def __post_init__(self) -> None:
        self._run("db", "migrate")

    def import_errors(self) -> list[str]:
        """Return the files that do not import, relative to the workspace."""
        done = self._run("dags", "list-import-errors", "--local", "--output", "json")
        start = done.stdout.find("[")
        found = json.loads(done.stdout[start:]) if start >= 0 and '"filepath"' in done.stdout else []
        return [f"dags/{entry['filepath'].removeprefix(f'{self.workspace}/dags/')}" for entry in found]

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        program = self.workspace / ".airside" / "env" / "bin" / "airflow"
        own = {
            "AIRFLOW_HOME": str(self.home),
            "AIRFLOW__CORE__DAGS_FOLDER": str(self.workspace / "dags"),
            "PYTHONPATH": str(self.workspace),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "CRITICAL",
        }
        return run([program, *arguments], self.workspace, ENVIRON | own)


def ruff(workspace: Path) -> list[tuple[str, int]]:
    """Return what ruff alone finds: files and lines."""
    options = ["--isolated", "--select", RUFF_RULES, "--output-format", "json", "--no-cache"]
    command = [find_ruff_bin(), "check", *options, "dags", "lib"]
    found = json.loads(run(command, workspace).stdout or "[]")
    return [(Path(entry["filename"]).relative_to(workspace).as_posix(), entry["location"]["row"]) for entry in found]


def detection(place: Path) -> tuple[int, dict[str, int], list[Expected]]:
    """Return how many defects the corpus has, who finds how many, and which ones `airside check` misses."""
    workspace = place / "corpus"
    shutil.copytree(WORKSPACE, workspace, ignore=shutil.ignore_patterns(".airside"))
    planted = expected(workspace)
    report = json.loads(run([*AIRSIDE, "check", "--env", "production", "--format", "json"], workspace).stdout)
    ours = {(finding["file"], finding["rule"], finding["line"]) for finding in report["findings"]}
    missed = [defect for defect in planted if not _found(defect, ours)]
    files = {defect.file for defect in planted}
    lines = set(ruff(workspace))
    deadly = {defect.file for defect in planted if defect.rule in ENDS_THE_PROCESS}
    for file in (*deadly, "dags/import/forks.py"):
        (workspace / file).unlink()
    imports = set(Airflow(workspace, place / "airflow-of-corpus").import_errors())
    found = {
        "airside check": len(files - {defect.file for defect in missed}),
        "airflow dags list-import-errors --local": len(imports & files),
        f"ruff --select {RUFF_RULES}": len({file for file, line in lines if _marked(planted, file, line)}),
    }
    return len(files), found, missed


def _found(defect: Expected, found: Collection[tuple[str, str, int | None]]) -> bool:
    return any((file, rule) == (defect.file, defect.rule) and defect.line in (None, line) for file, rule, line in found)


def _marked(planted: Sequence[Expected], file: str, line: int) -> bool:
    return any(defect.file == file and defect.line in (None, line) for defect in planted)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--files", type=int, default=300)
    options = parser.parse_args()
    console = Console(width=120)
    with tempfile.TemporaryDirectory(prefix="airside-bench-") as name:
        place = Path(name).resolve()
        console.print(_speed(list(timings(place, options.rounds, options.files)), options.files))
        count, found, missed = detection(place)
        console.print(_finding(count, found))
        for defect in missed:
            console.print(f"airside check misses {defect}", style="red")
    sys.exit(bool(missed))


def _speed(rows: Sequence[Timing], files: int) -> Table:
    table = Table("work", "whose", "median s", "all", "ours is", "target", title=f"{files} DAG files, median of rounds")
    ours = {row.what: row.median for row in rows if row.who == "airside"}
    for row in rows:
        ratio = "" if row.who == "airside" else f"{ours[row.what] / row.median:.2f}x"
        target = TARGETS.get(row.what, "") if row.who != "airside" or row.what == WATCH else ""
        everything = " ".join(f"{number:.2f}" for number in row.rounds)
        table.add_row(
            row.what, row.who, f"{row.median:.2f}", everything, ratio, "" if row.who == "ruff alone" else target
        )
    return table


def _finding(count: int, found: dict[str, int]) -> Table:
    table = Table("who", "found", "of", title="Planted defects, one in each file")
    for who, number in found.items():
        table.add_row(who, str(number), str(count))
    return table


if __name__ == "__main__":
    main()
