"""What a check and its inspection server say to each other: MessagePack, each message after its length.

The server is started with `Limits`, says `Ready`, and answers each request with any number of `Told` and one `Ended`.
A new request ends the work on the one before it.
"""

from typing import Final

import msgspec

from airside.inspection.facts import Failure

VERSION: Final = 1
"""Changes with every change to this module or to `facts`: both sides have to be of one Airside."""

LENGTH: Final = 4
"""Bytes of the length, big-endian."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one process that reads a file may take.

    Attributes:
        seconds: Wall-clock time for one file.
        memory_mib: Memory above that of an idle process.
        network: Let it use the network.
        jobs: Processes at one time.
    """

    seconds: float = 30.0
    memory_mib: int = 1024
    network: bool = False
    jobs: int = 1


class Inspect(msgspec.Struct, frozen=True, kw_only=True, tag="inspect"):
    """Read DAG files; each `Told` is the `FileFacts` of one.

    Attributes:
        id: Of the request.
        root: The folder with the tree.
        files: Paths in the tree; None is every file that Airflow would list.
    """

    id: int
    root: str
    files: tuple[str, ...] | None = None


class Run(msgspec.Struct, frozen=True, kw_only=True, tag="run"):
    """Do other work in a process of its own; its `Told` is what the work returned.

    Attributes:
        id: Of the request.
        kind: A key of `airside.inspection.work.KINDS`.
        root: The folder with the tree.
        payload: For the work.
        seconds: Wall-clock time.
    """

    id: int
    kind: str
    root: str
    payload: bytes
    seconds: float


Request = Inspect | Run


class Ready(msgspec.Struct, frozen=True, kw_only=True, tag="ready"):
    """The server has imported Airflow, and takes requests."""

    version: int = VERSION


class Told(msgspec.Struct, frozen=True, kw_only=True, tag="told"):
    """What one process returned.

    Attributes:
        id: Of the request.
        payload: Encoded by the work.
        printed: Bytes that the process wrote to standard output and standard error.
    """

    id: int
    payload: bytes
    printed: int = 0


class Ended(msgspec.Struct, frozen=True, kw_only=True, tag="ended"):
    """All that the request asked for was told.

    Attributes:
        id: Of the request.
        failure: Why the work of a `Run` told nothing.
    """

    id: int
    failure: Failure | None = None


Response = Ready | Told | Ended


def frame(message: Request | Response) -> bytes:
    """Return the bytes of a message with its length before them."""
    return frame_bytes(msgspec.msgpack.encode(message))


def frame_bytes(body: bytes) -> bytes:
    """Return bytes with their length before them."""
    return len(body).to_bytes(LENGTH, "big") + body


class Frames:
    """Cuts a stream of bytes into messages."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Return the bodies of the messages that `data` completes."""
        self._rest += data
        bodies = []
        while len(self._rest) >= LENGTH:
            end = LENGTH + int.from_bytes(self._rest[:LENGTH], "big")
            if len(self._rest) < end:
                break
            bodies.append(bytes(self._rest[LENGTH:end]))
            del self._rest[:end]
        return bodies
