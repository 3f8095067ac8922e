"""Files outside the tree whose use says nothing about a DAG file: Python, its packages, the system's own data."""

import os
import sys
import sysconfig
from functools import cache
from typing import Final

_SYSTEM: Final = (
    "/usr/share/", "/usr/lib/", "/usr/lib64/", "/lib/", "/lib64/", "/proc/", "/sys/", "/dev/",
    "/etc/ssl/", "/etc/pki/", "/etc/ca-certificates/", "/System/Library/", "/private/var/db/timezone/",
)  # fmt: skip
_SYSTEM_FILES: Final = frozenset(
    f"/etc/{name}"
    for name in (
        "localtime", "timezone", "hosts", "resolv.conf", "nsswitch.conf", "host.conf", "gai.conf", "mime.types",
        "os-release", "lsb-release", "passwd", "group", "services", "protocols", "machine-id", "openssl.cnf",
    )
)  # fmt: skip


def is_ordinary_read(name: str) -> bool:
    """Return whether the file belongs to Python, to a package or to the system."""
    path = os.path.abspath(name)  # noqa: PTH100 - called for each file that is opened
    return path in _SYSTEM_FILES or path.startswith(_places()) or os.path.realpath(path).startswith(_places())


def is_ordinary_write(name: str) -> bool:
    """Return whether the file is a device, or in the temporary home of this Airflow."""
    path = os.path.abspath(name)  # noqa: PTH100 - as above
    return path.startswith(("/dev/", "/proc/", _airflow_home()))


@cache
def _places() -> tuple[str, ...]:
    paths = {sys.prefix, sys.base_prefix, sys.exec_prefix, *sysconfig.get_paths().values()}
    paths |= {path for path in sys.path if path.endswith(("-packages", ".zip"))}
    places = {place for path in paths for place in (path, os.path.realpath(path))}
    return (*_SYSTEM, _airflow_home(), *(f"{place.rstrip('/')}/" for place in places))


@cache
def _airflow_home() -> str:
    # Airflow has read the variable already; the module would cost an import.
    return f"{os.environ['AIRFLOW_HOME']}/"  # noqa: TID251 - the variable is Airside's own word to this process
