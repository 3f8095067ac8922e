"""A program that runs a server and ends it with the process that wanted it, however that ends.

`python -I -S keeper.py PARENT SIGNAL ACCOUNT FOLDERS COMMAND…` runs COMMAND as ACCOUNT (`-`: the own one) in the first
of FOLDERS, sends it SIGNAL when the keeper's parent PARENT is gone or the keeper is told to end, and removes FOLDERS.

It looks who its parent is rather than waiting for a pipe to close: workflows are forked off the same parent, and would
hold the pipe open. `PR_SET_PDEATHSIG` ends with the thread that started a process, and only Linux has it.
"""

import os
import shutil
import signal
import subprocess
import sys
from types import FrameType

_LOOK_SECONDS = 0.2
_GRACE_SECONDS = 5.0


class _Told(BaseException):
    """The keeper is to end."""


def main(arguments: list[str]) -> int:
    """Run the server until it is to end."""
    parent = int(arguments[0])
    number, account, places, *command = arguments[1:]
    folders = places.split(os.pathsep)
    signal.signal(signal.SIGTERM, _tell)
    server: subprocess.Popen[bytes] | None = None
    try:
        server = subprocess.Popen(
            command,
            cwd=folders[0],
            stdin=subprocess.DEVNULL,
            user=None if account == "-" else account,
            extra_groups=None if account == "-" else [],
        )
        while server.poll() is None and os.getppid() == parent:
            _wait(server, _LOOK_SECONDS)
    except _Told:
        pass
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if server is not None:
            _end(server, int(number))
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)
    return 0


def _tell(_: int, __: FrameType | None) -> None:
    raise _Told


def _wait(server: subprocess.Popen[bytes], seconds: float) -> None:
    try:
        server.wait(seconds)
    except subprocess.TimeoutExpired:
        return


def _end(server: subprocess.Popen[bytes], number: int) -> None:
    if server.poll() is None:
        server.send_signal(number)
        _wait(server, _GRACE_SECONDS)
    if server.poll() is None:
        server.kill()
        server.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
