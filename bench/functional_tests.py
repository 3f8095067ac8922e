"""Measure functional tests against what teams do today, in one run on one machine.

A workspace of 300 DAG files; 50 of its workflows, with five Python tasks each, are tested: every task's output is
compared, in both tiers. Then 1,000 small tests of one workflow, on two processes, and what memory they take.
Ends with 1 where a target is missed.

Usage: python -m bench.functional_tests [--rounds N] [--small N]
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from good_workspace import write_good_workspace
from rich.console import Console
from rich.table import Table

TESTED = [f"orders_{number}" for number in range(1, 101, 2)]
AIRFLOW = [sys.executable, "-m", "airflow"]
ENVIRON = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}  # noqa: TID251 - a program of its own
DATE = "2026-01-02"
TARGETS = {"airflow dags test, each": 50, "dag.test(), all in one process": 20}
"""How many times as long each has to take."""

TESTS = """\
import pytest


@pytest.mark.parametrize("number", range(1, 101, 2))
def test_orders(dag_run, number):
    run = dag_run(f"orders_{{number}}", tier="{tier}")
    run.assert_success()
    assert run["check"].output == 10 * number
    assert run["extract"].output == list(range(10 * number))
    assert run["transform"].output == [2 * row for row in range(10 * number)]
    assert run["load"].output == 10 * number
    assert run["summary"].state == "success"
"""

SMALL = """\
import resource
from pathlib import Path

import pytest


@pytest.mark.parametrize("number", range({tests}))
def test_small(dag_run, number):
    run = dag_run("small", variables={{"number": str(number)}})
    assert run["double"].output == 2 * number
    if number % 100 < 2:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        zygote = max(int(Path(f"/proc/{{pid}}/statm").read_text().split()[1]) for pid in children())
        with Path("memory").open("a") as file:
            file.write(f"{{number}} {{pages * 4 // 1024}} {{zygote * 4 // 1024}}\\n")


def children():
    return [pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()]
"""

SMALL_WORKFLOW = """\
from airflow.sdk import Variable, dag, task


@dag(schedule=None)
def small():
    @task
    def number() -> int:
        return int(Variable.get("number"))

    @task
    def double(value: int) -> int:
        return 2 * value

    double(number())


small()
"""

IN_PROCESS = """\
import sys, time
from pathlib import Path

started = time.perf_counter()
from airflow.dag_processing.dagbag import DagBag

for dag_id in sys.argv[2:]:
    dag = DagBag(Path(sys.argv[1], f"flow_{int(dag_id.rpartition('_')[2]):03d}.py")).dags[dag_id]
    run = dag.test()
    assert run.state == "success", run
    now = time.perf_counter()
    print("TOOK", now - started, flush=True)
    started = now
"""
_TOOK = re.compile(r"^TOOK ([\d.]+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the result, in seconds."""

    who: str
    fifty: float
    each: float
    first: float


def run(command: list[object], cwd: Path, environ: dict[str, str]) -> str:
    """Run a command, and return what it prints; it must succeed."""
    done = subprocess.run(list(map(str, command)), cwd=cwd, env=environ, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{command[0]} … failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done.stdout


def seconds(work: Callable[[], object]) -> float:
    """Return how long `work` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def ours(workspace: Path, tier: str, rounds: int) -> Row:
    """Measure pytest in one tier, its start and the import of Airflow included."""
    folder = workspace / "tests" / tier
    folder.mkdir(parents=True)
    (folder / "test_orders.py").write_text(TESTS.format(tier=tier))
    command: list[object] = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"]
    one = [*command, f"tests/{tier}/test_orders.py::test_orders[1]"]
    run(one, workspace, ENVIRON)  # whose bytecode is not cached yet
    first = statistics.median(seconds(lambda: run(one, workspace, ENVIRON)) for _ in range(rounds))
    fifty = statistics.median(seconds(lambda: run([*command, folder], workspace, ENVIRON)) for _ in range(rounds))
    return Row(f"airside, tier {tier}", fifty, (fifty - first) / 49, first)


def peers(workspace: Path, home: Path, rounds: int) -> Iterator[Row]:
    """Measure what Airflow has for it, with a database of its own."""
    environ = ENVIRON | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(workspace / "dags"),
        "PYTHONPATH": str(workspace),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    }
    run([*AIRFLOW, "db", "migrate"], workspace, environ)
    test = [*AIRFLOW, "dags", "test"]
    run([*test, TESTED[0], DATE], workspace, environ)
    each = statistics.median(
        seconds(partial(run, [*test, name, DATE], workspace, environ)) for name in TESTED[1 : rounds + 1]
    )
    yield Row("airflow dags test, each", 50 * each, each, each)
    script = home / "in_process.py"
    script.write_text(IN_PROCESS)
    said = run([sys.executable, script, workspace / "dags", *TESTED[: 3 * rounds]], workspace, environ)
    first, *others = (float(number) for number in _TOOK.findall(said))
    each = statistics.median(others)
    yield Row("dag.test(), all in one process", first + 49 * each, each, first)


def small(workspace: Path, tests: int) -> tuple[float, list[tuple[int, int, int]]]:
    """Measure many small tests on two processes; return the seconds, and memory in MiB on the way."""
    (workspace / "dags" / "small.py").write_text(SMALL_WORKFLOW)
    (workspace / "tests" / "test_small.py").write_text(SMALL.format(tests=tests))
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", "-p", "no:randomly"]
    took = seconds(lambda: run([*command, "tests/test_small.py"], workspace, ENVIRON))
    lines = (workspace / "memory").read_text().splitlines()
    return took, sorted(tuple(map(int, line.split())) for line in lines)  # type: ignore[misc]


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--small", type=int, default=1000)
    options = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory(prefix="airside-bench-") as place:
        workspace = write_good_workspace(Path(place, "workspace"), 300)
        mine, real = (ours(workspace, tier, options.rounds) for tier in ("fast", "real"))
        others = tuple(peers(workspace, Path(place, "home"), options.rounds))
        took, memory = small(workspace, options.small)
    console.print(table_of(mine, (mine, real, *others)))
    console.print(f"{options.small} small tests on two processes: {took:.1f} s (target for 1,000: 60 s)")
    for number, test, zygote in memory[:: max(1, len(memory) // 8)]:
        console.print(f"  at test {number:>4}: {test} MiB in pytest, {zygote} MiB in the process that forks")
    missed = [other.who for other in others if other.fifty < TARGETS[other.who] * mine.fifty]
    if missed or took > max(60, 0.06 * options.small):
        raise SystemExit(1)


def table_of(mine: Row, rows: tuple[Row, ...]) -> Table:
    """Return the rows as a table, with how many times as long as `mine` each one took."""
    table = Table(
        "50 workflows of 5 tasks, of 300 files", "50, s", "one more, ms", "first, s", "times as long", "target"
    )
    for row in rows:
        ratio = f"{row.fifty / mine.fifty:.0f}" if row is not mine else ""
        target = f"≥ {TARGETS[row.who]}" if row.who in TARGETS else ""
        table.add_row(row.who, f"{row.fifty:.1f}", f"{row.each * 1000:.0f}", f"{row.first:.2f}", ratio, target)
    return table


if __name__ == "__main__":
    main()
