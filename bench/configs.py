"""What a config costs a task: the import, the first `get` and those after it.

`python -m bench.configs`: three layers of a config of 40 keys, without references and with some.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

ROUNDS = 7
LATER = 200

START = """
import sys, time
import pathlib, json, re, threading  # what any task has
from airside.running.serving import announce
announce(pathlib.Path(sys.argv[1]), "dev")
sys.path.append(sys.argv[1])
before = time.perf_counter()
from airside import config
imported = time.perf_counter()
config.get(sys.argv[2])
first = time.perf_counter()
for _ in range(int(sys.argv[3])):
    config.get(sys.argv[2])
later = time.perf_counter()
print((imported - before) * 1000, (first - imported) * 1000, (later - first) * 1000 / int(sys.argv[3]))
"""


def started(root: Path, name: str) -> list[float]:
    """Return what a new process takes, in milliseconds, for the import, the first `get`, and a later one."""
    rounds = []
    for _ in range(ROUNDS):
        command = [sys.executable, "-c", START, str(root), name, str(LATER)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        rounds.append([float(number) for number in done.stdout.split()])
    return [median(column) for column in zip(*rounds, strict=True)]


def write(root: Path) -> None:
    """Write a workspace with two configs in three layers."""
    (root / "airside.toml").write_text('[workspace]\nname = "bench"\n[environments.dev]\n')
    lines = "".join(f"key_{number}: value {number}\n" for number in range(40))
    for layer in ("", "environments/dev", "local"):
        folder = root / "configs" / layer / "sales"
        folder.mkdir(parents=True)
        (folder / "plain.yaml").write_text(lines)
        (folder / "linked.yaml").write_text(f"{lines}linked: ${{.key_1}} and ${{.key_2}}\n")


def main() -> None:
    """Measure both."""
    with tempfile.TemporaryDirectory() as top:
        root = Path(top)
        write(root)
        print(f"{'milliseconds':26} {'import':>9} {'first':>9} {'later':>9}")
        for what, name in (("without references", "sales.plain"), ("with references", "sales.linked")):
            print(f"  {what:24} " + " ".join(f"{taken:9.2f}" for taken in started(root, name)))


if __name__ == "__main__":
    main()
