"""What a run may not do: reach another machine, and write outside its own folders."""

import os
import socket
import sys
from collections.abc import Callable, Sequence
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final

from airside.testing.given import Given

_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
ANY: Final = "*"
"""Any host."""

_HERE: Final = frozenset({"", "localhost", "ip6-localhost", "0.0.0.0", "::"})  # noqa: S104 - compared only
_DEVICES: Final = ("/dev/", "/proc/")


class NetworkDeniedError(ConnectionError):
    """Raised in the code that uses the network; an `OSError`, so that it is met like a network that is down."""


class WriteDeniedError(PermissionError):
    """Raised in the code that writes."""


class Guards:
    """An audit hook, which cannot be taken away: for Python's own sockets and files."""

    def __init__(self, given: Given, own: Sequence[Path]) -> None:
        """Say what may be done.

        Args:
            given: The hosts and folders that the test allows.
            own: Folders of the run.
        """
        self._hosts = frozenset(given.network)
        folders = {str(place) for path in (*own, *given.writable) for place in (path.absolute(), path.resolve())}
        self._folders = (*_DEVICES, *(f"{folder}/" for folder in folders))
        self._busy = False

    def install(self) -> None:
        """Guard this process and those that it forks, from now on."""
        sys.addaudithook(self._hook)

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        # Called for everything that Python audits: the look-up has to be all that most cost.
        handler = _HANDLERS.get(event)
        if handler is not None:
            handler(self, arguments)

    # Files.

    def opened(self, arguments: tuple[Any, ...]) -> None:
        """Handle `open`: (path, mode, flags)."""
        name, _, flags = arguments
        if flags & _WRITING:
            self._write(_path(name))

    def changed_in(self, arguments: tuple[Any, ...]) -> None:
        """Handle (path, …, dir_fd)."""
        self._write(_path(arguments[0], arguments[-1]))

    def removed(self, arguments: tuple[Any, ...]) -> None:
        """Handle (path, dir_fd); of a link it is the link that goes."""
        self._write(_entry(arguments[0], arguments[-1]))

    def changed(self, arguments: tuple[Any, ...]) -> None:
        """Handle (path, …)."""
        self._write(_path(arguments[0]))

    def renamed(self, arguments: tuple[Any, ...]) -> None:
        """Handle `os.rename`: (old, new, dir_fd of old, dir_fd of new)."""
        old, new, old_folder, new_folder = arguments
        self._write(_entry(old, old_folder))
        self._write(_entry(new, new_folder))

    def linked(self, arguments: tuple[Any, ...]) -> None:
        """Handle `os.link` and `os.symlink`: (source, new, …, dir_fd)."""
        self._write(_entry(arguments[1], arguments[-1]))

    def made_folder(self, arguments: tuple[Any, ...]) -> None:
        """Handle `os.mkdir`: (path, mode, dir_fd); one that is there already is no change."""
        name, _, folder = arguments
        path = _path(name, folder)
        if path is not None and not os.path.isdir(path):  # noqa: PTH112 - called for each; pathlib is ten times slower
            self._write(path)

    def opened_database(self, arguments: tuple[Any, ...]) -> None:
        """Handle `sqlite3.connect`: (database,)."""
        name = os.fsdecode(arguments[0])
        if name not in {"", ":memory:"} and not name.startswith("file:"):
            self._write(_path(name))

    def _write(self, path: str | None) -> None:
        if path is not None and not f"{path}/".startswith(self._folders):
            raise WriteDeniedError(
                f"{path} may not be written in a test: it is outside of the run's own folder. Write to a temporary "
                f'folder, or give writable=["{os.path.dirname(path)}"]'  # noqa: PTH120 - a text
            )

    # Network.

    def connected(self, arguments: tuple[Any, ...]) -> None:
        """Handle `socket.connect`, `socket.sendto` and `socket.sendmsg`: (socket, address)."""
        address = arguments[1]
        # Others than (host, port, …) are of this machine.
        if isinstance(address, tuple) and len(address) > 1:
            self._reach(_text(address[0]), address[1])

    def resolved(self, arguments: tuple[Any, ...]) -> None:
        """Handle `socket.getaddrinfo` and its like: (host, port, …)."""
        if arguments[0] and not self._busy:
            self._reach(_text(arguments[0]), arguments[1] if len(arguments) > 1 else None)

    def _reach(self, host: str, port: object) -> None:
        if ANY in self._hosts or host in self._hosts or _is_here(host):
            return
        if _is_address(host) and host in self._addresses:
            return
        where = f"{host}:{_text(port)}" if port else host
        raise NetworkDeniedError(
            f"{where} cannot be reached in a test: it has no network. Give a stand-in for what the workflow reaches "
            f'there, or network=["{host}"]'
        )

    @cached_property
    def _addresses(self) -> frozenset[str]:
        """The addresses of the hosts that may be reached."""
        found = set()
        self._busy = True
        for host in self._hosts:
            try:
                found |= {str(entry[4][0]) for entry in socket.getaddrinfo(host, None)}
            except OSError:
                continue
        self._busy = False
        return frozenset(found)


_HANDLERS: Final[dict[str, Callable[[Guards, tuple[Any, ...]], None]]] = {
    "open": Guards.opened,
    "os.remove": Guards.removed,
    "os.rmdir": Guards.removed,
    "shutil.rmtree": Guards.removed,
    "os.chmod": Guards.changed_in,
    "os.chown": Guards.changed_in,
    "os.utime": Guards.changed_in,
    "os.truncate": Guards.changed,
    "os.mkdir": Guards.made_folder,
    "os.rename": Guards.renamed,
    "os.link": Guards.linked,
    "os.symlink": Guards.linked,
    "sqlite3.connect": Guards.opened_database,
    "socket.connect": Guards.connected,
    "socket.sendto": Guards.connected,
    "socket.sendmsg": Guards.connected,
    "socket.getaddrinfo": Guards.resolved,
    "socket.gethostbyname": Guards.resolved,
    "socket.gethostbyaddr": Guards.resolved,
}
"""By the event of https://docs.python.org/3/library/audit_events.html."""


def _path(name: object, folder: object = -1) -> str | None:
    """Return where a file is, links followed; None of one that is open already.

    `folder` is a `dir_fd`, -1 or None for none.
    """
    text = _placed(name, folder)
    return os.path.realpath(text) if text is not None else None


def _entry(name: object, folder: object) -> str | None:
    """Return where the entry of a folder is, a link itself."""
    text = _placed(name, folder)
    if text is None:
        return None
    above, last = os.path.split(text.rstrip("/"))
    return os.path.join(os.path.realpath(above), last)  # noqa: PTH118 - called for each; pathlib is ten times slower


def _placed(name: object, folder: object) -> str | None:
    if isinstance(name, int) or name is None:
        return None
    text = os.fsdecode(name)  # type: ignore[arg-type]
    if isinstance(folder, int) and folder >= 0:
        text = os.path.join(os.readlink(f"/proc/self/fd/{folder}"), text)  # noqa: PTH115, PTH118 - as above
    return text


def _is_here(host: str) -> bool:
    if host in _HERE or host == socket.gethostname():
        return True
    return _is_address(host) and ip_address(host.partition("%")[0]).is_loopback


def _is_address(host: str) -> bool:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
