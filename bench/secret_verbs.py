"""What the verbs of `airside secrets` take on a document of many names.

`python -m bench.secret_verbs [NAMES]`: a document of that many connections and as many variables, for one age key.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter

from bench.secrets import document
from sealed import make_identity, seal_folder

ROUNDS = 5
SETTINGS = '[workspace]\nname = "bench"\n[environments.dev]\n'
VERBS: Mapping[str, tuple[str, ...]] = {
    "list": ("list", "dev"),
    "get": ("get", "dev", "connections.connection_1.password"),
    "set": ("set", "dev", "connections.connection_1.password"),
    "edit, one value changed": ("edit", "dev"),
    "diff": ("diff", "dev"),
    "check": ("check", "dev"),
}


def seconds(command: list[str], variables: Mapping[str, str], values: Iterator[int]) -> float:
    """Return the median time of `command`, given another value each time."""
    times = []
    for _ in range(ROUNDS):
        given = f"another-{next(values)}"
        start = perf_counter()
        subprocess.run(
            command, env={**variables, "GIVEN": given}, input=given.encode(), check=True, capture_output=True
        )
        times.append(perf_counter() - start)
    return median(times)


def main(names: int) -> None:
    """Measure each verb."""
    identity = make_identity()
    with tempfile.TemporaryDirectory() as top:
        root = Path(top)
        (root / "airside.toml").write_text(SETTINGS)
        (root / "dags").mkdir()
        seal_folder(root / "secrets", {"dev": document(names)}, identity)
        rules = f"creation_rules:\n  - path_regex: secrets/dev\\.yaml$\n    age: {identity.public}\n"
        (root / ".sops.yaml").write_text(rules)
        subprocess.run(["git", "init", "-q"], cwd=root, check=True)
        editor = root / "editor"
        editor.write_text('#!/bin/sh\nsed -i "s/another-[0-9]*/$GIVEN/" "$1"\n')
        editor.chmod(0o755)
        variables = {**os.environ, **identity.variables, "HOME": top, "EDITOR": str(editor)}  # noqa: TID251 - of this process
        values = count()
        print(f"{names} connections and {names} variables, seconds:")
        for name, words in VERBS.items():
            command = [sys.executable, "-m", "airside", "-C", top, "--yes", "secrets", *words]
            print(f"  {name:26} {seconds(command, variables, values):6.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
