"""What a file does besides defining workflows: seen by an audit hook in the process that reads it.

Only what the author does counts. Walking outwards from the act, the first line of the tree is the place; where an
import statement comes first, a library is being imported, and what it does then is its own business.
"""

import importlib.util
import os
import sys
import time
from collections.abc import Callable
from types import CodeType, FrameType
from typing import Any, Final, SupportsIndex

from airside.inspection.facts import Answer, Event, EventKind
from airside.inspection.places import Tree
from airside.inspection.quiet_paths import is_ordinary_read, is_ordinary_write

_IMPORT: Final = "<frozen importlib"
_WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
_LOCAL: Final = frozenset({None, "", "localhost", "127.0.0.1", "::1", "0.0.0.0", "::"})  # noqa: S104 - compared only


_SLEEP_IS_AUDITED: Final = (3, 13)


class NetworkDeniedError(ConnectionError):
    """Raised in the code that uses the network; an `OSError`, so that it is met like a network that is down."""


class Recorder:
    """The audit hook of one process, and what it saw.

    Attributes:
        modules: Files of the tree that were imported.
        reads: Other files of the tree that were read, and folders that were listed.
        codes: The code of the modules of the tree that was run.
        recording: Off while Airside itself is at work. The network stays denied.
    """

    def __init__(self, tree: Tree, *, network: bool, tell: Callable[[Event], None]) -> None:
        self.recording = False
        self._tree = tree
        self._network = network
        self._tell = tell
        self.begin()

    @property
    def events(self) -> tuple[Event, ...]:
        """What happened, in order; each kind at each place once."""
        return tuple(self._events.values())

    def begin(self) -> None:
        """Forget what was seen before."""
        self.modules: set[str] = set()
        self.reads: set[str] = set()
        self.codes: list[CodeType] = []
        self._events: dict[tuple[str, str, int], Event] = {}

    def start(self) -> None:
        """Watch this process from now on; there is no way back."""
        sys.addaudithook(self._hook)
        if sys.version_info < _SLEEP_IS_AUDITED:
            time.sleep = self._asleep(time.sleep)

    def looked_up(self, kind: EventKind, name: str, answer: Answer) -> None:
        """Record that a variable or a connection was asked for by the code that called this."""
        place = self._tree.caller(sys._getframe(1))  # noqa: SLF001 - the `inspect` way reads source files
        if self.recording and place:
            file, line = place
            event = Event(kind=kind, detail=name, file=file, line=line, answer=answer)
            # Of one line that asks for several (a loop, a comprehension) each is told.
            self._keep((f"{kind} {name}", file, line), event)

    def _asleep(self, sleep: Callable[[float | SupportsIndex], None]) -> Callable[[float | SupportsIndex], None]:
        def audited(seconds: float | SupportsIndex, /) -> None:
            self.slept(sys._getframe(1), (seconds,))  # noqa: SLF001 - as above
            sleep(seconds)

        return audited

    def _hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        # Called for everything that Python audits: the look-up has to be all that most cost.
        handler = _HANDLERS.get(event)
        if handler is not None:
            handler(self, sys._getframe(1), arguments)  # noqa: SLF001 - as above

    def _record(self, kind: EventKind, detail: str, frame: FrameType, *, denied: bool = False) -> None:
        place = self._author(frame) if self.recording else None
        if place is not None:
            event = Event(kind=kind, detail=detail, file=place[0], line=place[1], denied=denied)
            self._keep((kind, *place), event)

    def _keep(self, key: tuple[str, str, int], event: Event) -> None:
        if key not in self._events:
            self._events[key] = event
            self._tell(event)

    def _author(self, frame: FrameType | None) -> tuple[str, int] | None:
        while frame is not None:
            name = frame.f_code.co_filename
            if name.startswith(_IMPORT):
                return None
            path = self._tree.path(name)
            if path is not None:
                return path, frame.f_lineno
            frame = frame.f_back
        return None

    def opened(self, frame: FrameType, arguments: tuple[Any, ...]) -> None:
        """Handle `open`: (path, mode, flags)."""
        name = _name(arguments[0])
        if name is None or not self.recording:
            return
        if (arguments[1] and set(arguments[1]) & set("wax+")) or (arguments[2] and arguments[2] & _WRITING):
            self.wrote(frame, arguments)
            return
        path = self._tree.path(os.path.abspath(name))  # noqa: PTH100 - called for each file; pathlib is ten times slower
        if path is None:
            if not is_ordinary_read(name):
                self._record("read", name, frame)
        elif path.endswith((".py", ".pyc")) and frame.f_code.co_filename.startswith(_IMPORT):
            self.modules.add(_source(path))
        else:
            self.reads.add(path)

    def ran(self, _: FrameType, arguments: tuple[Any, ...]) -> None:
        """Handle `exec`: (code,)."""
        code = arguments[0]
        if self.recording and isinstance(code, CodeType) and self._tree.path(code.co_filename) is not None:
            self.codes.append(code)

    def listed(self, frame: FrameType, arguments: tuple[Any, ...]) -> None:
        """Handle `os.listdir` and `os.scandir`: (path,)."""
        name = _name(arguments[0])
        if name is None or not self.recording or frame.f_code.co_filename.startswith(_IMPORT):
            return
        path = self._tree.path(os.path.abspath(name))  # noqa: PTH100 - as above
        if path:
            self.reads.add(f"{path}/")

    def wrote(self, frame: FrameType, arguments: tuple[Any, ...]) -> None:
        """Handle whatever changes the file named first."""
        name = _name(arguments[0])
        if name is not None and not is_ordinary_write(name):
            self._record("write", self._tree.path(name) or name, frame)

    def made_folder(self, frame: FrameType, arguments: tuple[Any, ...]) -> None:
        """Handle `os.mkdir`: (path, mode, dir_fd); `exist_ok` is no change."""
        name = _name(arguments[0])
        if name is not None and not os.path.isdir(name):  # noqa: PTH112 - as above
            self.wrote(frame, arguments)

    def linked(self, frame: FrameType, arguments: tuple[Any, ...]) -> None:
        """Handle `os.link` and `os.symlink`: (source, new, …)."""
        self.wrote(frame, arguments[1:])

    def started(self, frame: FrameType, arguments: tuple[Any, ...]) -> None:
        """Handle `subprocess.Popen` and its like: the program alone is told, arguments can be secret."""
        program = arguments[0] if arguments else "a copy of itself"
        command = arguments[1] if len(arguments) > 1 else None
        if isinstance(command, (list, tuple)) and len(command) > 2 and command[1] == "-c":  # noqa: PLR2004 - sh -c TEXT
            program = command[2]
        elif not program and command:
            program = command[0] if isinstance(command, (list, tuple)) else command
        self._record("process", _word(program), frame)

    def forked(self, frame: FrameType, _: tuple[Any, ...]) -> None:
        """Handle `os.fork` and `os.forkpty`."""
        self._record("process", "os.fork", frame)

    def connected(self, frame: FrameType, arguments: tuple[Any, ...]) -> None:
        """Handle `socket.connect` and `socket.sendto`: (socket, address)."""
        address = arguments[1]
        if isinstance(address, tuple):
            self.reached(frame, address)
        elif address:
            # A socket of this machine, such as that of the system's log: recorded, and let through.
            self._record("network", _text(address), frame)

    def resolved(self, frame: FrameType, arguments: tuple[Any, ...]) -> None:
        """Handle `socket.getaddrinfo` and its like: (host, port, …)."""
        host = _text(arguments[0]) if arguments[0] else None
        if host not in _LOCAL and host != os.uname().nodename:
            self.reached(frame, arguments)

    def reached(self, frame: FrameType, address: tuple[Any, ...]) -> None:
        """Record an attempt to reach (host, port, …), and deny it where the network is not allowed.

        Raises:
            NetworkDeniedError: It is not allowed.
        """
        where = _text(address[0])
        if len(address) > 1 and address[1]:
            where += f":{address[1]}"
        self._record("network", where, frame, denied=not self._network)
        if not self._network:
            raise NetworkDeniedError(f"{where} cannot be reached: there is no network while a DAG file is checked")

    def opened_database(self, frame: FrameType, arguments: tuple[Any, ...]) -> None:
        """Handle `sqlite3.connect`: (database,)."""
        name = _text(arguments[0])
        if name not in {"", ":memory:"} and not is_ordinary_write(name):
            self._record("database", name, frame)

    def slept(self, frame: FrameType, arguments: tuple[Any, ...]) -> None:
        """Handle `time.sleep`: (seconds,)."""
        self._record("sleep", f"{arguments[0]:g} s", frame)


_HANDLERS: Final[dict[str, Callable[[Recorder, FrameType, tuple[Any, ...]], None]]] = {
    "open": Recorder.opened,
    "exec": Recorder.ran,
    "os.listdir": Recorder.listed,
    "os.scandir": Recorder.listed,
    "os.remove": Recorder.wrote,
    "os.rename": Recorder.wrote,
    "os.rmdir": Recorder.wrote,
    "os.truncate": Recorder.wrote,
    "os.chmod": Recorder.wrote,
    "os.mkdir": Recorder.made_folder,
    "os.link": Recorder.linked,
    "os.symlink": Recorder.linked,
    "subprocess.Popen": Recorder.started,
    "os.system": Recorder.started,
    "os.exec": Recorder.started,
    "os.posix_spawn": Recorder.started,
    "os.fork": Recorder.forked,
    "os.forkpty": Recorder.forked,
    "socket.connect": Recorder.connected,
    "socket.sendto": Recorder.connected,
    "socket.sendmsg": Recorder.connected,
    "socket.getaddrinfo": Recorder.resolved,
    "socket.gethostbyname": Recorder.resolved,
    "socket.gethostbyaddr": Recorder.resolved,
    "sqlite3.connect": Recorder.opened_database,
    "time.sleep": Recorder.slept,
}
"""By the event of https://docs.python.org/3/library/audit_events.html."""


def _name(path: object) -> str | None:
    """Return a path as text; None for a file that is open already."""
    return None if isinstance(path, int) or path is None else os.fsdecode(path)  # type: ignore[arg-type]


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _word(command: object) -> str:
    words = _text(command).split(None, 1)
    return words[0] if words else "a program"


def _source(path: str) -> str:
    if path.endswith(".pyc") and "/__pycache__/" in f"/{path}":
        return importlib.util.source_from_cache(path)
    return path
