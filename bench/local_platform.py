"""Measure the speed targets of `docs/reference/speed.md` in one run on one machine, and print ratios.

Usage: python -m bench.local_platform [ROUNDS]
"""

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

AIRSIDE = [sys.executable, "-m", "airside"]
STANDALONE_PORT = 28080
COMPONENTS = ("metadatabase", "scheduler", "triggerer", "dag_processor")
ENVIRON = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}  # noqa: TID251 - a program of its own


def airside(folder: Path, *arguments: str) -> Any:  # noqa: ANN401 - each verb has its own document
    """Run `airside` in `folder` and return its JSON document."""
    command = [*AIRSIDE, "--json", "--yes", *arguments]
    done = subprocess.run(command, cwd=folder, env=ENVIRON, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed ({done.returncode}): {done.stdout}{done.stderr}")
    return json.loads(done.stdout) if done.stdout.strip() else None


def seconds(work: Callable[[], object]) -> float:
    """Return how long `work` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def median(rounds: int, work: Callable[[], float]) -> float:
    """Return the median of what `work` measures."""
    return statistics.median(work() for _ in range(rounds))


def healthy(port: int) -> bool:
    """Tell whether all components of the Airflow at `port` say that they are healthy."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v2/monitor/health", timeout=2) as answer:
            state = json.load(answer)
    except (urllib.error.URLError, OSError):
        return False
    return all(state[name]["status"] == "healthy" for name in COMPONENTS)


def standalone_start(folder: Path, home: Path) -> float:
    """Start `airflow standalone` on SQLite and return the seconds until it is healthy."""
    environ = ENVIRON | {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__API__PORT": str(STANDALONE_PORT),
        "AIRFLOW__API__BASE_URL": f"http://localhost:{STANDALONE_PORT}",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "PATH": f"{folder}/.airside/env/bin:{ENVIRON['PATH']}",
    }
    # Stale heartbeats of the run before count as healthy for half a minute, so the database is wiped of jobs.
    if (database := home / "airflow.db").exists():
        code = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('delete from job'); c.commit()"
        subprocess.run([sys.executable, "-c", code, database], check=True)
    started = time.perf_counter()
    with (home / "output.log").open("ab") as log:
        process = subprocess.Popen(
            [folder / ".airside/env/bin/airflow", "standalone"],
            env=environ,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        while not healthy(STANDALONE_PORT):
            if process.poll() is not None:
                raise SystemExit(f"airflow standalone ended; see {home / 'output.log'}")
            time.sleep(0.05)
        return time.perf_counter() - started
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        time.sleep(1)  # orphans of the group let go of the port


def up_again(folder: Path, *options: str) -> float:
    """Return the seconds of an `airside up` in a workspace where it has run before, with Postgres."""
    taken = seconds(lambda: airside(folder, "up", "--detach", *options))
    airside(folder, "down")
    return taken


def deploy_one_change(folder: Path, counter: Iterator[int]) -> float:
    """Return the seconds of an `airside deploy` of one changed file, until Airflow serves it."""
    (folder / "lib" / "bench.py").write_text(f"VALUE = {next(counter)}\n")
    commit(folder)
    document: dict[str, Any] = {}
    taken = seconds(lambda: document.update(airside(folder, "deploy", "production")))
    if document["served"] is not True:
        raise SystemExit("Airflow does not serve the release")
    return taken


def commit(folder: Path) -> None:
    """Commit everything in `folder`."""
    identity = ["-c", "user.name=bench", "-c", "user.email=bench@example.com"]
    subprocess.run(["git", "add", "--all"], cwd=folder, check=True)
    subprocess.run(["git", *identity, "commit", "--quiet", "--message", "change"], cwd=folder, check=True)


@contextmanager
def workspace() -> Iterator[Path]:
    """Make a workspace whose environment is built and whose Airflow has run once."""
    with tempfile.TemporaryDirectory(prefix="airside-bench-") as name:
        folder = Path(name) / "flows"
        airside(Path(name), "init", str(folder))
        commit(folder)
        airside(folder, "up", "--detach")
        airside(folder, "down")
        try:
            yield folder
        finally:
            airside(folder, "down")
            airside(folder, "clean")


def main(rounds: int) -> None:
    """Measure and print a table."""
    rows = [
        (
            "airside --help",
            median(
                7,
                lambda: seconds(
                    lambda: subprocess.run([*AIRSIDE, "--help"], env=ENVIRON, stdout=subprocess.DEVNULL, check=True)
                ),
            ),
            "<= 0.15 s",
        )
    ]
    with workspace() as folder, tempfile.TemporaryDirectory() as home:
        standalone_start(folder, Path(home))
        peers: list[float] = []
        ours: list[float] = []
        for _ in range(rounds):
            peers.append(standalone_start(folder, Path(home)))
            ours.append(up_again(folder))
        peer, own = statistics.median(peers), statistics.median(ours)
        rows += [
            ("airflow standalone, SQLite, second start", peer, ""),
            ("airside up, Postgres, second start", own, f"ratio {own / peer:.2f} (target <= 0.8)"),
        ]
        airside(folder, "up", "--detach", "--track", "production")
        airside(folder, "deploy", "production")
        counter = iter(range(1_000_000))
        rows.append(
            (
                "deploy of one changed file until served",
                median(rounds, lambda: deploy_one_change(folder, counter)),
                "<= 3 s",
            )
        )
    print(f"{'work':<45}{'median':>9}  target")
    for work, taken, target in rows:
        print(f"{work:<45}{taken:>7.2f} s  {target}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
