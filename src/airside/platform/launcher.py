"""Runs supervisord so that no process below it can get lost. Started as a program, with a config file.

A component that is killed leaves its children behind. As their subreaper (prctl(2), Linux), supervisord
becomes their parent, and whoever stops it finds them all below it.
"""

import ctypes
import sys

from supervisor import supervisord

PR_SET_CHILD_SUBREAPER = 36
"""From linux/prctl.h."""


def main() -> None:
    """Become a subreaper where the system knows that, then become supervisord."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    supervisord.main(["--nodaemon", "--configuration", sys.argv[1]])


if __name__ == "__main__":
    main()
