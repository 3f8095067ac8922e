"""Finding a port that is free on the loopback interface, and keeping it until its server listens."""

import errno
import fcntl
import socket
from typing import IO

from airside.base.errors import PlatformError
from airside.platform.private import private_folder

LOOPBACK = "127.0.0.1"
_TRIES = 200
_reserved: dict[int, IO[str]] = {}
"""Locked files of the ports that this process has chosen. It is to end, or to see their servers listen."""


def is_free(port: int) -> bool:
    """Tell whether a server could listen on `port` of this machine now."""
    for family, address in ((socket.AF_INET, LOOPBACK), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                # As servers do: a port whose last connections linger is free.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((address, port))
        except OSError as error:
            if error.errno in {errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL}:  # a machine without IPv6
                continue
            return False
    return True


def free_port(preferred: int) -> int:
    """Return `preferred` if it is free, else the next port that is.

    Until this process ends no other one of this account is given the same: between the choice of a port and the
    moment that its server listens there are seconds, in which another `airside up` may look for one.

    Raises:
        PlatformError: None of the next 200 is.
    """
    for port in range(preferred, min(preferred + _TRIES, 65536)):
        if is_free(port) and _reserve(port):
            return port
    raise PlatformError(
        f"No port from {preferred} to {preferred + _TRIES - 1} is free on {LOOPBACK}",
        hint="Choose another with --port.",
    )


def _reserve(port: int) -> bool:
    """Tell whether this process has the port to itself, as far as this account goes."""
    if port in _reserved:
        return True
    file = (private_folder() / f"port-{port}.lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return False
    _reserved[port] = file
    return True
