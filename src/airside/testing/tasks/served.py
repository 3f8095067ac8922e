"""Tasks that run Python in another environment, where code speaks to its supervisor through a socket."""

import array
import json
import os
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import msgspec
from airflow.sdk.exceptions import AirflowRuntimeError
from airflow.sdk.execution_time.comms import ResendLoggingFD, SentFDs, ToSupervisor, _RequestFrame, _ResponseFrame
from pydantic import TypeAdapter

from airside.testing.tasks.execution_api.comms import Comms
from airside.testing.tasks.logs import Log

_VARIABLE: Final = "__AIRFLOW_SUPERVISOR_FD"
_AS_LIBRARY: Final = "_AIRFLOW__AS_LIBRARY"
"""Said to Airflow in this process, to start faster; without its settings it loads no macros of plugins elsewhere."""

_MODULE: Final = "airflow.providers.standard.operators.python"
_HEADER: Final = 4
"""Bytes of the length before each frame, the largest first (sdk/execution_time/comms.py 3.3.2)."""


def needs_socket(task: Any) -> bool:
    """Tell whether a task runs Python in another environment."""
    base = getattr(sys.modules.get(_MODULE), "_BasePythonVirtualenvOperator", None)
    kind = getattr(task, "operator_class", type(task))
    return base is not None and isinstance(kind, type) and issubclass(kind, base)


@contextmanager
def serving(comms: Comms, log: Log) -> Iterator[None]:
    """Answer those who ask through a socket, while the block runs."""
    ours, theirs = socket.socketpair()
    theirs.set_inheritable(True)
    environment = os.environ  # noqa: TID251 - where the operator looks for it
    environment[_VARIABLE] = str(theirs.fileno())
    as_library = environment.pop(_AS_LIBRARY, None)
    thread = threading.Thread(target=_Server(ours, comms, log).serve, daemon=True)
    thread.start()
    try:
        yield
    finally:
        environment.pop(_VARIABLE, None)
        if as_library is not None:
            environment[_AS_LIBRARY] = as_library
        theirs.close()
        with suppress(OSError):
            ours.shutdown(socket.SHUT_RDWR)
        thread.join()
        ours.close()


class _Server:
    def __init__(self, channel: socket.socket, comms: Comms, log: Log) -> None:
        self._channel = channel
        self._comms = comms
        self._log = log
        self._messages: TypeAdapter[Any] = TypeAdapter(ToSupervisor)
        self._frames = msgspec.msgpack.Decoder(_RequestFrame)
        self._readers: list[threading.Thread] = []

    def serve(self) -> None:
        """Answer until the other side is closed."""
        with suppress(OSError):
            while (header := self._exactly(_HEADER)) is not None:
                body = self._exactly(int.from_bytes(header, "big"))
                if body is None:
                    break
                self._answer(self._frames.decode(body))
        for reader in self._readers:
            reader.join()

    def _exactly(self, size: int) -> bytes | None:
        found = b""
        while len(found) < size:
            if not (more := self._channel.recv(size - len(found))):
                return None
            found += more
        return found

    def _answer(self, frame: Any) -> None:
        message = self._messages.validate_python(frame.body)
        if isinstance(message, ResendLoggingFD):
            self._send_log(frame.id)
            return
        try:
            found = self._comms.send(message)
            answer = _ResponseFrame(id=frame.id, body=found.model_dump() if found is not None else None)
        except AirflowRuntimeError as error:
            answer = _ResponseFrame(id=frame.id, error=error.error.model_dump())
        self._channel.sendall(answer.as_bytes())

    def _send_log(self, number: int) -> None:
        """Give the other side a file for its log, and read that."""
        theirs, ours = socket.socketpair()
        frame = _ResponseFrame(id=number, body=SentFDs(fds=[theirs.fileno()]).model_dump())
        descriptors = array.array("i", [theirs.fileno()])
        self._channel.sendmsg([bytes(frame.as_bytes())], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)])
        theirs.close()
        reader = threading.Thread(target=self._read_log, args=(ours,), daemon=True)
        self._readers.append(reader)
        reader.start()

    def _read_log(self, channel: socket.socket) -> None:
        with channel, channel.makefile("r", encoding="utf-8", errors="replace") as lines:
            for line in lines:
                try:
                    event = json.loads(line)
                    self._log.add(f"{str(event['level']).upper()} {event['event']}")
                except (ValueError, TypeError, KeyError):
                    self._log.add(line.rstrip("\n"))
