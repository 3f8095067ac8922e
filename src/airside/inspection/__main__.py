"""The inspection server: ``python -P -m airside.inspection LIMITS``, with requests on standard input.

It is started by `airside.checking.inspector` in the Python of the workspace, with an environment and a working folder
of its own. LIMITS is the JSON of `airside.inspection.protocol.Limits`.
"""

# ruff: noqa: PLC0415 - Airflow is imported when the process has been prepared for it

import os
import sys
from pathlib import Path

import msgspec

from airside.inspection import kernel
from airside.inspection.protocol import Limits


def main(limits: Limits) -> None:
    """Serve until standard input ends."""
    requests, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    # What is printed from now on goes where errors go, and never between the answers.
    os.dup2(2, 1)
    if not limits.network:
        # Before there are threads: a process with some cannot leave.
        kernel.leave_the_network()
    kernel.adopt_orphans()

    from airside.inspection.server import Server
    from airside.inspection.warming import warm_up

    warm_up(Path.cwd() / "sample")
    Server(requests, answers, limits).serve()


if __name__ == "__main__":
    main(msgspec.json.decode(sys.argv[1], type=Limits))
    # Threads and exit handlers of what Airflow imported are nobody's concern.
    os._exit(0)
