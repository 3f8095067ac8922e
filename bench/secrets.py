"""What a look-up of a secret costs: the backend of Airflow against `sops -d` for each look-up.

`python -m bench.secrets [NAMES]`: a document of that many connections and as many variables, for one age key.
"""

import json
import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

from sealed import SOPS, Identity, make_identity, seal_folder

ROUNDS = 9
MANY = 2000

START = """
import sys, time
sys.argv[1:] or sys.exit()
import airflow.configuration
before = time.perf_counter()
from airside.airflow import SecretsBackend
backend = SecretsBackend(folder=sys.argv[1])
made = time.perf_counter()
assert backend.get_variable("variable_0")
print((made - before) * 1000, (time.perf_counter() - made) * 1000)
"""


def document(names: int) -> str:
    """Return a document in clear with that many connections, and as many variables."""
    fields = {"conn_type": "postgres", "host": "db.example.com", "login": "sales", "port": 5432}
    connections = {
        f"connection_{number}": fields | {"password": f"pässword-{number}", "extra": {"token": f"token-{number}"}}
        for number in range(names)
    }
    return json.dumps({"connections": connections, "variables": {f"variable_{n}": f"value-{n}" for n in range(names)}})


def milliseconds(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the median time of `work`."""
    times = []
    for _ in range(rounds):
        start = perf_counter()
        work()
        times.append((perf_counter() - start) * 1000)
    return median(times)


def sops(folder: Path, identity: Identity, *options: str) -> None:
    """Do what a script without Airside does for each look-up."""
    command = [str(SOPS), "decrypt", *options, str(folder / "dev.yaml")]
    subprocess.run(command, env=identity.variables | {"HOME": "/nonexistent"}, check=True, capture_output=True)


def started(folder: Path) -> tuple[float, float]:
    """Return what a new process of Airflow takes to make the backend, and for its first look-up."""
    times = []
    for _ in range(3):
        command = [sys.executable, "-W", "ignore", "-c", START, str(folder)]
        done = subprocess.run(command, env=os.environ, check=True, capture_output=True, text=True)  # noqa: TID251
        times.append([float(number) for number in done.stdout.split()[-2:]])
    return median(made for made, _ in times), median(first for _, first in times)


def measure(what: str, folder: Path, identity: Identity) -> None:
    """Print one line for each figure of one document."""
    from airside.airflow import SecretsBackend  # noqa: PLC0415 - Airflow takes seconds, and reads its environment

    backend = SecretsBackend(folder=str(folder))
    backend.get_connection("connection_1")
    made, first = started(folder)
    extract = ("--extract", '["variables"]["variable_1"]')
    rows = {
        "a connection, cached": milliseconds(lambda: backend.get_connection("connection_1"), MANY),
        "a variable, cached": milliseconds(lambda: backend.get_variable("variable_1"), MANY),
        "first look-up, code imported": milliseconds(
            lambda: SecretsBackend(folder=str(folder)).get_variable("variable_1")
        ),
        "sops decrypt for each look-up": milliseconds(lambda: sops(folder, identity)),
        "sops decrypt --extract": milliseconds(lambda: sops(folder, identity, *extract)),
        "new process: the backend": made,
        "new process: its first look-up": first,
    }
    print(f"{what}, milliseconds:")
    for name, taken in rows.items():
        print(f"  {name:32} {taken:9.3f}")


def main(names: int) -> None:
    """Measure a small document and a large one."""
    warnings.simplefilter("ignore")  # Airflow's own
    identity = make_identity()
    with tempfile.TemporaryDirectory() as root:
        # Where the backend finds the key; and an Airflow of its own, which reads this when it is imported.
        os.environ.update(identity.variables, AIRFLOW_HOME=root)  # noqa: TID251 - as said
        small = seal_folder(Path(root, "small"), {"dev": document(3)}, identity)
        large = seal_folder(Path(root, "large"), {"dev": document(names)}, identity)
        measure("3 connections and 3 variables", small, identity)
        measure(f"{names} connections and {names} variables", large, identity)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
