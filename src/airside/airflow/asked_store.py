"""A store that another process asks: what is written to it and read from it are lines of msgpack with a length."""

import os
import struct
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import IO, Final, NoReturn, cast

import msgspec

from airside.base import errors
from airside.base.children import inherited
from airside.base.errors import AirsideError, StoreUnavailableError, UsageError
from airside.store.port import Found, Listed, Revision, Unchanged

PROGRAM: Final = ("-m", "airside.airflow.asked_store_process")
_LENGTH: Final = struct.Struct(">I")
_AROUND: Final = 65536
"""Bytes of an answer beside what was read."""


class Place(msgspec.Struct, frozen=True):
    """The first message: which store is meant. Its options may hold a key, so they are no arguments."""

    url: str
    options: dict[str, str]


class Question(msgspec.Struct, frozen=True):
    """What is read: the arguments of `Store.read`, a revision as its two parts."""

    key: str
    limit: int
    token: str | None = None
    version: str | None = None


class Answer(msgspec.Struct, frozen=True):
    """What came of it.

    Attributes:
        error: The name of a class of `airside.base.errors`; None where nothing failed.
    """

    data: bytes | None = None
    token: str | None = None
    version: str | None = None
    unchanged: bool = False
    error: str | None = None
    message: str = ""
    hint: str | None = None


class AskedStore:
    """Reads a store through a process of its own, started at the first read. It cannot write."""

    def __init__(self, url: str, options: Mapping[str, str]) -> None:
        self._place = Place(url, dict(options))
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._stop: Callable[[], object] = lambda: None

    @property
    def location(self) -> str:
        """Where the store is."""
        return self._place.url

    def read(self, key: str, *, limit: int, unless: Revision | None = None) -> Found | Unchanged | None:
        """Return an object, as `Store.read` says.

        Raises:
            AirsideError: What the store raised in the other process.
            StoreUnavailableError: The other process ended.
        """
        question = Question(key, limit, unless.token, unless.version) if unless else Question(key, limit)
        with self._lock:
            answer = self._ask(question)
        if answer.error is not None:
            kind: type[AirsideError] = getattr(errors, answer.error, StoreUnavailableError)
            raise kind(answer.message, hint=answer.hint)
        if answer.unchanged:
            return Unchanged.UNCHANGED
        if answer.data is None or answer.token is None:
            return None
        return Found(answer.data, Revision(answer.token, answer.version))

    def _ask(self, question: Question) -> Answer:
        process = self._process or self._start()
        answer = None
        try:
            with suppress(OSError, msgspec.DecodeError):
                send(cast("IO[bytes]", process.stdin), question)
                data = receive(cast("IO[bytes]", process.stdout), most=question.limit + _AROUND)
                answer = msgspec.msgpack.decode(data, type=Answer) if data is not None else None
        finally:
            if answer is None:  # after an interrupt, too: the next question must not get the answer to this one
                self._process = None
                self._stop()
        if answer is None:
            raise StoreUnavailableError(f"The process that reads {self.location} has ended")
        return answer

    def _start(self) -> "subprocess.Popen[bytes]":
        # -P: the current folder may be that of a workflow, and must not lend modules.
        command = [sys.executable, "-P", *PROGRAM]
        try:
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=inherited())
            self._stop = weakref.finalize(self, _end, process, os.getpid())
            send(cast("IO[bytes]", process.stdin), self._place)
        except OSError as error:
            self._stop()
            raise StoreUnavailableError(f"No process that reads {self.location} can be started: {error}") from error
        self._process = process
        return process

    def create(self, key: str, data: bytes) -> NoReturn:
        """Refuse, as this store is for reading."""
        raise self._read_only(key, data)

    def replace(self, key: str, data: bytes, expected: Revision) -> NoReturn:
        """Refuse, as this store is for reading."""
        raise self._read_only(key, data, expected)

    def list(self, prefix: str) -> Iterator[Listed]:
        """Refuse: a reader knows the name of what it reads."""
        raise self._read_only(prefix)

    def delete(self, key: str) -> NoReturn:
        """Refuse, as this store is for reading."""
        raise self._read_only(key)

    def _read_only(self, key: str, *_: object) -> UsageError:
        return UsageError(f"{key} is asked of {self.location}, which is open for reading alone")


def send(pipe: IO[bytes], message: msgspec.Struct) -> None:
    """Write a message to a pipe."""
    data = msgspec.msgpack.encode(message)
    pipe.write(_LENGTH.pack(len(data)) + data)
    pipe.flush()


def receive(pipe: IO[bytes], *, most: int = sys.maxsize) -> bytes | None:
    """Read a message of at most so many bytes from a pipe; None at its end, and where something else is in it."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > most:  # whatever a start-up hook of Python prints; waiting for that many bytes would never end
        return None
    data = pipe.read(length)
    return data if len(data) == length else None


def _end(process: "subprocess.Popen[bytes]", owner: int) -> None:
    if os.getpid() == owner:  # a forked process ends, and the one that it was forked from goes on asking
        process.kill()
        process.communicate()
