"""Fill a store with many releases of many files, and measure the verbs that read it, as whole processes.

Usage: python -m bench.scale [--files 10000] [--releases 1000] [--folder FOLDER]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bench.releases.sources import workflow_files
from bench.releases.table import Cells, markdown
from folders import Folder
from shipping import NOW, REQUEST, apply, record_of

from airside.base.clock import to_text
from airside.delivery.moves import Proposal, Request, propose_deploy
from airside.delivery.publish import publish
from airside.release.record import Workflow
from airside.release.source import SourceFile
from airside.release.tree import Tree
from airside.store.opening import open_store
from airside.store.port import Store

FILE_BYTES = 1024
"""Of each file: what is measured grows with the number of files, and a small disk holds the store."""

SETTINGS = (
    '[workspace]\nname = "sales-flows"\n[store]\nurl = "{url}"\n[environments.production]\n[environments.preprod]\n'
)
VERBS = (
    ("--help",),
    ("history", "production"),
    ("history", "production", "--limit", "1000000"),
    ("releases",),
    ("plan", "production", "--from", "preprod"),
    ("verify", "production"),
    ("gc", "--dry-run"),
)
# The peak of a process counts that of the process that started it, so a small one starts it.
LAUNCHER = """
import json, os, subprocess, sys, time
started = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
said = process.stderr.read().decode(errors="replace")
_, status, usage = os.wait4(process.pid, 0)
taken = time.perf_counter() - started
print(json.dumps([taken, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status), said]))
"""
ENVIRON = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}  # noqa: TID251 - a program of its own


class Filling:
    """Deploys one release after the other, each with one file changed."""

    def __init__(self, store: Store, count: int) -> None:
        self._store = store
        # A changed file is a new object: the others know their digests already.
        self._files = [SourceFile(path, text[:FILE_BYTES].encode()) for path, text in workflow_files(count)]
        self._workflows = tuple(Workflow(id=Path(file.path).stem, file=file.path) for file in self._files)
        self._number = 0

    def deploy(self, environment: str) -> None:
        """Change a file and deploy it."""
        self._number += 1
        index = self._number % len(self._files)
        file = self._files[index]
        self._files[index] = SourceFile(file.path, file.content[:FILE_BYTES] + b"\n# %09d\n" % self._number)
        proposal = self._proposal(replace(REQUEST, environment=environment))
        served = proposal.current.pointer.tree if proposal.current else None
        publish(self._store, self._files, proposal.record, base=served)
        apply(self._store, proposal)

    def _proposal(self, request: Request) -> Proposal:
        tree = Tree.of_sources(self._files)
        record = replace(
            record_of({}),
            tree=tree.digest,
            created_at=to_text(NOW + timedelta(seconds=self._number)),
            workflows=self._workflows,
        )
        return propose_deploy(self._store, request, record, tree)


def fill(folder: Path, files: int, releases: int) -> None:
    """Deploy to `production` again and again, and once to `preprod`."""
    filling = Filling(open_store(str(folder), {}), files)
    started = time.perf_counter()
    for number in range(1, releases + 1):
        filling.deploy("production")
        if number % max(1, releases // 10) == 0:
            print(f"{time.perf_counter() - started:6.0f} s  {number:,} releases", file=sys.stderr, flush=True)
    filling.deploy("preprod")


def measured(folder: Path, known: str) -> Iterator[Cells]:
    """Yield a line for each verb."""
    for verb in VERBS:
        name = f"airside {' '.join(verb)}"
        if not verb[0].startswith("-") and f"  {verb[0]} " not in known:
            yield name, "not there yet", "", ""
            continue
        command = [sys.executable, "-c", LAUNCHER, sys.executable, "-m", "airside", *verb]
        done = subprocess.run(command, cwd=folder, env=ENVIRON, check=True, stdout=subprocess.PIPE, text=True)
        taken, mib, code, said = json.loads(done.stdout)
        if code:
            print(f"{name} ended with {code}: {said}", file=sys.stderr)
        yield name, f"{taken:.2f}", f"{mib:,.0f}", str(code)


def help_text() -> str:
    """Return what `airside --help` says: which verbs there are."""
    command = [sys.executable, "-m", "airside", "--help"]
    return subprocess.run(command, env=ENVIRON, check=True, stdout=subprocess.PIPE, text=True).stdout


def main(folder: Path, files: int, releases: int) -> None:
    """Fill a store, unless it is there from an earlier run, measure and print a table."""
    store = folder / "store"
    if not store.exists():
        started = time.perf_counter()
        fill(store, files, releases)
        taken = (time.perf_counter() - started) / (releases + 1)
        print(f"{files:,} files of 1 KiB, one change published and served: {taken * 1000:,.0f} ms, on average.")
        Folder(folder / "flows", SETTINGS.format(url=store))
    size = sum(path.stat().st_size for path in store.rglob("*") if path.is_file())
    print(f"{len(list((store / 'releases').iterdir())):,} releases, {size / 2**20:,.0f} MiB in the store.\n")
    print(markdown(("verb", "seconds", "peak MiB", "exit code"), list(measured(folder / "flows", help_text()))))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--releases", type=int, default=1_000)
    parser.add_argument("--folder", type=Path, help="fill the store here and keep it, or measure the one that is here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="airside-scale-") as temporary:
        main((options.folder or Path(temporary)).absolute(), options.files, options.releases)
