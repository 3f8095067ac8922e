"""A mail server on this machine that keeps what it is given. Python has none any more."""

import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Mailbox:
    """What came, and what is answered.

    `replies` has for a verb, such as `RCPT`, what is answered in place of `250 fine`; `refused` the recipients who are
    not taken; `offers` what the server says that it can do.
    """

    port: int = 0
    replies: Mapping[str, str] = field(default_factory=dict)
    refused: frozenset[str] = frozenset()
    offers: tuple[str, ...] = ("8BITMIME",)
    recipients: list[str] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)


class _Conversation(socketserver.StreamRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        box = self.server.box
        self._say(box.replies.get("CONNECT", "220 test"))
        while line := self.rfile.readline().decode(errors="replace").strip():
            box.commands.append(line)
            verb = line.split(" ", 1)[0].upper()
            if verb == "QUIT":
                self._say("221 bye")
                return
            self._answer(box, verb, line)

    def _answer(self, box: Mailbox, verb: str, line: str) -> None:
        if verb in box.replies:
            self._say(box.replies[verb])
        elif verb == "EHLO":
            self._say("250-test", *(f"250-{offer}" for offer in box.offers), "250 HELP")
        elif verb == "RCPT":
            is_refused = any(name in line for name in box.refused)
            box.recipients += [] if is_refused else [line]
            self._say("550 5.1.1 nobody of this name" if is_refused else "250 fine")
        elif verb == "DATA":
            self._say("354 go on")
            box.mails.append(self._content())
            self._say("250 queued")
        else:
            self._say("235 welcome" if verb == "AUTH" else "250 fine")

    def _content(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    box: Mailbox


@contextmanager
def receiving() -> Iterator[Mailbox]:
    """Run the server until the end of the block."""
    with _Server(("127.0.0.1", 0), _Conversation) as server:
        server.box = Mailbox(port=int(server.server_address[1]))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.box
        finally:
            server.shutdown()
            thread.join()
