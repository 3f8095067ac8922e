"""The process that forks one for each run: ``python -P -m airside.testing.processes LIMITS ahead|late``.

Requests come on standard input. `airside.testing.processes.zygote` starts it, in a folder that is its `AIRFLOW_HOME`.
"""

# ruff: noqa: PLC0415 - Airflow is imported when the process has been prepared for it

import os
import shutil
import sys
from pathlib import Path

import msgspec

from airside.inspection import kernel
from airside.inspection.protocol import Limits


def main(limits: Limits, *, ahead: bool) -> None:
    """Serve until standard input ends; `ahead`: have a process ready before there is work for it."""
    requests, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    # What is printed from now on goes where errors go, and never between the answers.
    os.dup2(2, 1)
    home = Path.cwd().parent
    try:
        kernel.adopt_orphans()

        from airside.inspection.server import Server, Trade
        from airside.testing.processes.life import SPARE, live
        from airside.testing.processes.warming import prepare, warm_up

        warm_up(home)
        kernel.use_large_pages()
        Server(requests, answers, limits, Trade(live, prepare, SPARE if ahead else None)).serve()
    finally:
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main(msgspec.json.decode(sys.argv[1], type=Limits), ahead=sys.argv[2] == "ahead")
    # Threads and exit handlers of what Airflow imported are nobody's concern.
    os._exit(0)
