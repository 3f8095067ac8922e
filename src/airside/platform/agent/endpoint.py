"""The HTTP endpoint of an agent: how it is, its metrics, and a way to have it look now.

Small on purpose: it reads no body, keeps no connection, serves few at once, and knows five paths.
"""

import hmac
import json
import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from airside.base.errors import PlatformError, UsageError
from airside.platform.agent.loop import Agent
from airside.platform.agent.metrics import CONTENT_TYPE
from airside.platform.agent.options import Listen

_CONNECTIONS = 32
_SECONDS = 5.0
_MAX_TOKEN_BYTES = 4096


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"
    server_version = "airside-agent"
    sys_version = ""
    timeout = _SECONDS

    def do_GET(self) -> None:
        """Answer a question."""
        agent, now = self.server.agent, self.server.now()
        snapshot = agent.snapshot
        if self.path == "/metrics":
            self._answer(HTTPStatus.OK, agent.metrics.text(), CONTENT_TYPE)
        elif self.path == "/healthz":
            is_well = snapshot.illness(now) is None
            self._say(HTTPStatus.OK if is_well else HTTPStatus.SERVICE_UNAVAILABLE, snapshot.document(now))
        elif self.path == "/readyz":
            ready = snapshot.tree is not None
            status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
            self._say(
                status, {"ready": ready, "tree": snapshot.tree, "reason": None if ready else snapshot.illness(now)}
            )
        elif self.path == "/livez":
            self._say(HTTPStatus.OK, {"alive": True})
        elif self.path == "/refresh":
            self._say(HTTPStatus.METHOD_NOT_ALLOWED, {"reason": "refresh takes POST"})
        else:
            self._say(HTTPStatus.NOT_FOUND, {"reason": "there is nothing here"})

    def do_HEAD(self) -> None:
        """Answer a question without the words."""
        self.do_GET()

    def do_POST(self) -> None:
        """Take the one order."""
        if self.path != "/refresh":
            self._say(HTTPStatus.NOT_FOUND, {"reason": "there is nothing here"})
            return
        if fault := self.server.refuse(self.headers.get("Authorization", "")):
            self._say(fault, {"reason": "a refresh needs the token of --webhook-token-file"})
            return
        self.server.agent.refresh()
        self._say(HTTPStatus.ACCEPTED, {"accepted": True})

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the signature of http.server
        """Print nothing: a probe a second would hide what matters."""

    def _say(self, status: HTTPStatus, document: dict[str, Any]) -> None:
        self._answer(status, json.dumps(document).encode() + b"\n", "application/json")

    def _answer(self, status: HTTPStatus, data: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = _CONNECTIONS

    def __init__(self, agent: Agent, listen: Listen, now: Callable[[], datetime]) -> None:
        self.agent = agent
        self.now = now
        self._listen = listen
        self._free = threading.BoundedSemaphore(_CONNECTIONS)
        self.address_family = socket.AF_INET6 if ":" in listen.host else socket.AF_INET
        super().__init__((listen.host, listen.port), _Handler)

    def server_bind(self) -> None:
        """Bind, without the look-up of the host's name that http.server makes."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self._listen.host, self.socket.getsockname()[1]

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - the signature of socketserver
        """Serve a connection in a thread of its own, unless there are too many."""
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as above
        """Serve it, and make room for another."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as above
        """Print nothing: the client went away."""

    def refuse(self, authorization: str) -> HTTPStatus | None:
        """Return why who sends this header may not ask for a refresh, or None when they may."""
        if self._listen.token_file is None:
            return None if self._listen.is_loopback else HTTPStatus.FORBIDDEN
        try:
            expected = read_token(self._listen)
        except UsageError:  # it was removed after the start: nobody knows the token then
            return HTTPStatus.FORBIDDEN
        given = authorization.encode(errors="replace")
        return None if hmac.compare_digest(given, b"Bearer " + expected) else HTTPStatus.UNAUTHORIZED


def read_token(listen: Listen) -> bytes:
    """Return the token; it is read each time, since mounted secrets change under a running process.

    Raises:
        UsageError: There is no file, it cannot be read, or holds nothing.
    """
    path = listen.token_file
    if path is None:
        return b""
    try:
        with path.open("rb") as file:
            token = file.read(_MAX_TOKEN_BYTES).strip()
    except OSError as error:
        raise UsageError(f"The token file {path} cannot be read: {error.strerror}") from error
    if not token:
        raise UsageError(f"The token file {path} is empty", hint=f"openssl rand -hex 32 > {path}")
    return token


@contextmanager
def serve(agent: Agent, listen: Listen, now: Callable[[], datetime]) -> Iterator[int]:
    """Answer HTTP meanwhile; yields the port.

    Raises:
        UsageError: The token cannot be read.
        PlatformError: The address cannot be listened on.
    """
    read_token(listen)
    try:
        server = _Server(agent, listen, now)
    except OSError as error:
        raise PlatformError(
            f"Cannot listen on {listen.host}:{listen.port}: {error.strerror}", hint="Name another one with --listen."
        ) from error
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), name="airside-agent-http", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
