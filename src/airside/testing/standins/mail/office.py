"""Mail servers of a session: one thread, and in it a listening socket for each test that wants one."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, Final, Self, TypeVar

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from airside.base.errors import PlatformError
from airside.testing.standins.mail.reading import mail_in
from airside.testing.standins.port import Reached
from airside.testing.standins.readings import Mail

LOOPBACK: Final = "127.0.0.1"
SENDER: Final = "airflow@example.com"
_SECONDS: Final = 5.0

T = TypeVar("T")


class Office:
    """The thread that all mail servers run in."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="airside-smtp", daemon=True)

    @classmethod
    def start(cls) -> Self:
        """Start the thread."""
        office = cls()
        office._thread.start()
        return office

    def close(self) -> None:
        """End the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def open(self, box: "Box") -> asyncio.Server:
        """Return a new server that puts mails into `box`.

        Raises:
            PlatformError: It does not start.
        """
        try:
            return self.run(self._listening(box))
        except OSError as error:
            raise PlatformError(f"A mail server for the tests does not start: {error}") from error

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run something in the thread and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_SECONDS)

    async def _listening(self, box: "Box") -> asyncio.Server:
        def conversation() -> SMTP:
            return SMTP(
                box,
                hostname="localhost",
                enable_SMTPUTF8=True,
                auth_require_tls=False,
                authenticator=lambda *_: AuthResult(success=True),
                loop=self._loop,
            )

        return await self._loop.create_server(conversation, host=LOOPBACK, port=0)


class Box:
    """What came, and who is not taken; the names of the methods are those of aiosmtpd."""

    def __init__(self, refused: frozenset[str]) -> None:
        self._refused = refused
        self.mails: list[Mail] = []

    async def handle_RCPT(  # noqa: N802
        self, _: SMTP, __: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient or not."""
        if address in self._refused:
            return "550 5.1.1 nobody of this name"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a mail."""
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        self.mails.append(mail_in(envelope.mail_from or "", tuple(envelope.rcpt_tos), content))
        return "250 OK"


class RunningSmtp:
    """A mail server of one test."""

    def __init__(self, office: Office, refused: frozenset[str]) -> None:
        self._office = office
        self._box = Box(refused)
        self._server = office.open(self._box)
        port = int(self._server.sockets[0].getsockname()[1])
        self.reached = Reached(
            {
                "conn_type": "smtp",
                "host": LOOPBACK,
                "port": port,
                "extra": {"disable_ssl": True, "disable_tls": True, "from_email": SENDER, "from": SENDER},
            },
            {
                "AIRFLOW__SMTP__SMTP_HOST": LOOPBACK,
                "AIRFLOW__SMTP__SMTP_PORT": str(port),
                "AIRFLOW__SMTP__SMTP_STARTTLS": "False",
                "AIRFLOW__SMTP__SMTP_SSL": "False",
                "AIRFLOW__SMTP__SMTP_MAIL_FROM": SENDER,
            },
        )

    def close(self) -> None:
        """Stop listening."""
        self._office.run(self._stop())

    def mails(self) -> list[Mail]:
        """As `HasMails`."""
        return list(self._box.mails)

    async def _stop(self) -> None:
        self._server.close()
