"""Measure how long a pod of a task takes from its start until the code is there, by three ways, in one run.

Usage: python -m bench.worker_pod [--rounds N] [FILES...]

Ours fetches the release from an S3 server and verifies it; git-sync has a container that copies the repository before
that of the task begins; the floor has the release on the node already. As root, with podman.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import containers
import seaweed
from bench.releases.sources import workflow_files
from containers import Podman
from shipping import deploy
from target_workspace import make_workspace

from airside.platform.ports import free_port
from airside.store.opening import open_store

SIZES = (100, 2_000, 10_000)
_STORAGE = "/opt/airflow/bundles"
_READY = "code is ready"

_OURS = """\
from airside.airflow import ReleaseBundle
bundle = ReleaseBundle(
    name="production", store={url!r}, store_options={options!r}, environment="production", version={version!r}
)
bundle.initialize()
"""
_GIT = """\
from pathlib import Path
from airflow.dag_processing.bundles.local import LocalDagBundle
bundle = LocalDagBundle(name="production", path="/opt/airflow/bundles/repo")
bundle.initialize()
"""
_CHECK = """\
found = sum(1 for path in bundle.path.rglob("*.py"))
assert found >= {count}, found
print({ready!r}, flush=True)
"""
# What git-sync 4 does the first time (`initRepo`, `fetch` and `createWorktree` of its main.go), with depth 1.
_SYNC = """\
set -eu
git init --quiet --initial-branch git-sync /opt/airflow/bundles/git
cd /opt/airflow/bundles/git
git fetch --quiet --no-progress --no-auto-gc --depth 1 {url} main
git worktree add --quiet --force --detach /opt/airflow/bundles/.worktree FETCH_HEAD
ln -s .worktree /opt/airflow/bundles/repo
"""


@dataclass(frozen=True)
class Stage:
    """All that runs, and one size.

    Attributes:
        podman: What runs the containers.
        image: The platform's.
        count: Files.
        programs: For each way, what its containers run, one after the other.
        variables: Of all containers.
        warm: The folder that has the release already.
    """

    podman: Podman
    image: str
    count: int
    programs: Mapping[str, tuple[tuple[str, ...], ...]]
    variables: Mapping[str, str]
    warm: Path

    def seconds(self, way: str) -> float:
        """Return how long one pod took, from the start of its first container."""
        with tempfile.TemporaryDirectory(prefix="airside-pod-", dir="/var/tmp", ignore_cleanup_errors=True) as name:
            folder = self.warm if way == FLOOR else Path(name)
            folder.chmod(0o777)
            options = ["--network", "host", "--user", "50000:0", "--volume", f"{folder}:{_STORAGE}"]
            for key, value in self.variables.items():
                options += ["--env", f"{key}={value}"]
            started = time.perf_counter()
            said = [self.podman.once(self.image, *words, options=tuple(options)) for words in self.programs[way]]
            taken = time.perf_counter() - started
            if _READY not in said[-1]:
                sys.exit(f"{way}: {said}")
            return taken


OURS, SYNC, FLOOR = "airside, release from the bucket", "git-sync, clone of depth 1", "the floor: files on the node"


def main(sizes: tuple[int, ...], rounds: int) -> None:
    """Measure and print a table."""
    if reason := containers.missing():
        sys.exit(reason)
    with tempfile.TemporaryDirectory(prefix="airside-bench-", ignore_cleanup_errors=True) as name:
        scratch = Path(name)
        with (
            containers.use() as podman,
            containers.own_address() as address,
            seaweed.serve(scratch, address=address) as server,
        ):
            workspace = make_workspace(scratch / "flows", podman, server, "flows", "")
            image = workspace.image()
            print("| files | way | median ms | rounds | ratio |\n|---|---|---|---|---|")
            for count in sizes:
                with staged(podman, image, server, scratch / str(count), count) as stage:
                    show(count, measure(stage, rounds))


def measure(stage: Stage, rounds: int) -> dict[str, list[float]]:
    """Return the milliseconds of each way; the ways take turns, and the first turn is not counted."""
    found: dict[str, list[float]] = {way: [] for way in stage.programs}
    for number in range(rounds + 1):
        for way, times in found.items():
            taken = stage.seconds(way) * 1000
            if number:
                times.append(taken)
    return found


def show(count: int, found: Mapping[str, list[float]]) -> None:
    """Print the lines of one size; ratios are of ours."""
    ours = statistics.median(found[OURS])
    for way, times in found.items():
        median = statistics.median(times)
        print(f"| {count:,} | {way} | {median:,.0f} | {len(times)} | {median / ours:.2f} |", flush=True)


@contextmanager
def staged(podman: Podman, image: str, server: seaweed.Server, folder: Path, count: int) -> Iterator[Stage]:
    """Have the same files in a bucket and in a repository until the block ends."""
    files = dict(workflow_files(count))
    prefix = f"flows-{count}"
    pointer = deploy(open_store(server.url(prefix), server.options), files)
    repository = folder / "repository"
    for path, text in files.items():
        (repository / path).parent.mkdir(parents=True, exist_ok=True)
        (repository / path).write_text(text)
    for words in (("init", "--quiet", "--initial-branch=main"), ("add", "--all"), ("commit", "--quiet", "-m", "all")):
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *identity, *words], cwd=repository, check=True)
    warm = folder / "warm"
    warm.mkdir()
    with git_server(folder, server.address) as url:
        python = ("python3", "-c")
        told = {"url": server.url(prefix), "options": server.options, "version": str(pointer.tree)}
        ours = (*python, _OURS.format(**told) + check(count))
        sync = ("bash", "-c", _SYNC.format(url=url))
        programs = {OURS: (ours,), SYNC: (sync, (*python, _GIT + check(count))), FLOOR: (ours,)}
        variables = {"AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_STORAGE_PATH": _STORAGE}
        yield Stage(podman, image, count, programs, variables, warm)


def check(count: int) -> str:
    """Return the end of a program: the files are there."""
    return _CHECK.format(count=count, ready=_READY)


@contextmanager
def git_server(folder: Path, address: str) -> Iterator[str]:
    """Serve the repository by git's own protocol, the quickest there is, and yield its URL."""
    port = free_port(29400)
    words = ["git", "daemon", "--export-all", f"--base-path={folder}", f"--listen={address}", f"--port={port}"]
    with subprocess.Popen([*words, "--reuseaddr", str(folder)], stderr=subprocess.DEVNULL) as process:
        url = f"git://{address}:{port}/repository"
        try:
            containers.await_true(lambda: _answers(url), "git daemon answers")
            yield url
        finally:
            process.terminate()


def _answers(url: str) -> bool:
    return subprocess.run(["git", "ls-remote", url], capture_output=True, check=False).returncode == 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES, metavar="FILES")
    parser.add_argument("--rounds", type=int, default=7)
    asked = parser.parse_args()
    main(tuple(asked.sizes), asked.rounds)
