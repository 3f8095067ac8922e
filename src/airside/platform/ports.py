"""Finding a port that is free on the loopback interface."""

import errno
import socket

from airside.base.errors import PlatformError

LOOPBACK = "127.0.0.1"
_TRIES = 200


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

    Raises:
        PlatformError: None of the next 200 is.
    """
    for port in range(preferred, min(preferred + _TRIES, 65536)):
        if is_free(port):
            return port
    raise PlatformError(
        f"No port from {preferred} to {preferred + _TRIES - 1} is free on {LOOPBACK}",
        hint="Choose another with --port.",
    )
