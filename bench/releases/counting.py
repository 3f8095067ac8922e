"""A proxy in front of the S3 server that counts requests and bytes. Bytes pass unchanged, so signatures hold."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

_CHUNK = 256 * 1024


@dataclass
class Traffic:
    """What went through.

    Attributes:
        requests: HTTP requests.
        sent: Bytes of their heads and bodies.
        received: Bytes of the answers.
    """

    requests: int = 0
    sent: int = 0
    received: int = 0


class RequestCounter:
    """Finds where requests begin in the bytes that a client sends over one connection."""

    def __init__(self) -> None:
        self.requests = 0
        self._head = b""
        self._body = 0

    def feed(self, data: bytes) -> None:
        """Take the next bytes."""
        while data:
            skipped = min(self._body, len(data))
            self._body -= skipped
            data = data[skipped:]
            if data:
                data = self._through_head(data)

    def _through_head(self, data: bytes) -> bytes:
        head, end, rest = (self._head + data).partition(b"\r\n\r\n")
        if not end:
            self._head = head
            return b""
        self._head = b""
        self.requests += 1
        self._body = _content_length(head)
        return rest


def _content_length(head: bytes) -> int:
    fields = dict(line.lower().split(b":", 1) for line in head.split(b"\r\n")[1:])
    if b"chunked" in fields.get(b"transfer-encoding", b""):
        raise ValueError("A request without a length cannot be counted")
    return int(fields.get(b"content-length", b"0"))


class Proxy:
    """Passes connections to a port of this machine on."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._lock = threading.Lock()
        self._traffic = Traffic()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def taken(self) -> Traffic:
        """Return what went through since the last call."""
        with self._lock:
            taken, self._traffic = self._traffic, Traffic()
        return taken

    def close(self) -> None:
        """Take no more connections."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:  # closed
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            for each in (client, server):
                each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            counter = RequestCounter()
            threading.Thread(target=_pump, args=(client, server, self._sending(counter)), daemon=True).start()
            threading.Thread(target=_pump, args=(server, client, self._receiving), daemon=True).start()

    def _sending(self, counter: RequestCounter) -> Callable[[bytes], None]:
        def count(data: bytes) -> None:
            before = counter.requests
            counter.feed(data)
            with self._lock:
                self._traffic.requests += counter.requests - before
                self._traffic.sent += len(data)

        return count

    def _receiving(self, data: bytes) -> None:
        with self._lock:
            self._traffic.received += len(data)


def _pump(source: socket.socket, target: socket.socket, count: Callable[[bytes], None]) -> None:
    try:
        while data := source.recv(_CHUNK):
            count(data)
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:  # the other side is gone: so is this one
        for each in (source, target):
            each.close()


@contextmanager
def counting(port: int) -> Iterator[Proxy]:
    """Run a proxy in front of `port` until the block ends."""
    proxy = Proxy(port)
    try:
        yield proxy
    finally:
        proxy.close()
