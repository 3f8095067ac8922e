"""What `airside` costs a DAG file: importing it, and making a workflow, beside what Airflow costs anyway.

`python -m bench.authoring`: medians of new processes, after the imports of Airflow that any DAG file has.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

ROUNDS = 5
TARGET = 30.0
"""Milliseconds for the import."""

AIRFLOW = "from airflow.sdk import DAG, dag, task\n"
TIMED = "import time\n{before}started = time.perf_counter()\n{code}\nprint((time.perf_counter() - started) * 1000)\n"

WORKSPACE = '[workspace]\nname = "bench"\n[defaults]\nowner = "sales"\nretries = 3\n'
CONFIG = "workflow:\n  schedule: '@daily'\n  max_active_runs: 2\n"
MAKE = "with workflow('orders'{more}) as made:\n    task(lambda: 1, task_id='load')()"
LINES = {
    "import airside": (AIRFLOW, "import airside"),
    "from airside import workflow": (AIRFLOW, "from airside import workflow"),
    "from airside import checks, report, workflow": (AIRFLOW, "from airside import checks, report, workflow"),
    "first workflow": (f"{AIRFLOW}from airside import checks, workflow\n", MAKE.format(more=", summary=False")),
    "first workflow, with a check and a summary": (
        f"{AIRFLOW}from airside import checks, workflow\n",
        MAKE.format(more=", checks=[checks.connection('warehouse')]"),
    ),
    "the same, without airside": (AIRFLOW, "with DAG('orders') as made:\n    task(lambda: 1, task_id='load')()"),
}


def timed(root: Path, before: str, code: str) -> float:
    """Return how long `code` takes after `before` in a new process, in milliseconds."""
    script = root / "dags" / "orders.py"
    script.write_text(TIMED.format(before=before, code=code))
    rounds = []
    for _ in range(ROUNDS):
        done = subprocess.run([sys.executable, str(script)], check=True, capture_output=True, text=True, cwd=root)
        rounds.append(float(done.stdout.splitlines()[-1]))
    return median(rounds)


def main() -> int:
    """Measure, and return 1 where an import costs more than it may."""
    with tempfile.TemporaryDirectory() as top:
        root = Path(top)
        (root / "airside.toml").write_text(WORKSPACE)
        for folder, name, text in (("configs", "orders.yaml", CONFIG), ("dags", "orders.py", "")):
            (root / folder).mkdir()
            (root / folder / name).write_text(text)
        found = {what: timed(root, before, code) for what, (before, code) in LINES.items()}
    for what, took in found.items():
        print(f"{what:46} {took:7.1f} ms")
    return int(any(took > TARGET for what, took in found.items() if "import" in what))


if __name__ == "__main__":
    sys.exit(main())
