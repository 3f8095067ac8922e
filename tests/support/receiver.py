"""What hears alerts: an HTTP server that answers as Slack, Teams and PagerDuty do, and remembers."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_ANSWERS = {
    "slack": (200, b"ok"),
    "teams": (202, b""),
    "pager": (202, b'{"status": "success", "message": "Event processed", "dedup_key": "x"}'),
}


@dataclass(frozen=True, slots=True)
class Heard:
    """A message.

    Attributes:
        channel: The first segment of the path.
        body: What was sent.
        at: When it arrived, in seconds of `time.monotonic`.
    """

    channel: str
    body: Any
    at: float

    @property
    def text(self) -> str:
        """All of it."""
        return json.dumps(self.body)


@dataclass
class Receiver:
    """What was heard."""

    url: str
    heard: list[Heard] = field(default_factory=list)

    def on(self, channel: str) -> list[Heard]:
        return [each for each in self.heard if each.channel == channel]

    def connections(self) -> dict[str, dict[str, Any]]:
        """Return the connection of each channel, and of one where nobody listens.

        A channel takes three messages a minute, so that each test needs some of its own: ``slack-storm``.
        """
        found: dict[str, dict[str, Any]] = {"dead": {"conn_type": "http", "host": "127.0.0.1", "port": 9}}
        for name in ("", "-storm", "-files", "-killed"):
            pager = {"conn_type": "pagerduty_events", "password": "0123456789abcdef0123456789abcdef"}
            found[f"slack{name}"] = {"conn_type": "slackwebhook", "password": f"{self.url}/slack{name}/T0/B0/canary"}
            found[f"teams{name}"] = {"conn_type": "msteams", "password": f"{self.url}/teams{name}/workflows/canary"}
            found[f"pager{name}"] = pager | {"extra": {"url": f"{self.url}/pager{name}"}}
        return found


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
            channel = self.path.strip("/").partition("/")[0]
            receiver.heard.append(Heard(channel, body, time.monotonic()))
            status, answer = _ANSWERS[channel.partition("-")[0]]
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Keep the output of the tests clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        receiver.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()
