"""HTTP servers of a session: a test takes one and gives it back, for to start and to stop them takes time."""

from collections.abc import Callable
from typing import Self

from pytest_httpserver.httpserver import HTTPServerBase
from werkzeug import Request, Response

from airside.base.errors import PlatformError
from airside.testing.standins.web.quiet import QuietHandler

LOOPBACK = "127.0.0.1"


def _nobody(_: Request) -> Response:
    return Response("The test that this server was for is over.", 503)


class Listener(HTTPServerBase):
    """One server, whose answers are those of the test that has it."""

    def __init__(self) -> None:
        super().__init__(host=LOOPBACK, port=0, threaded=True)
        self.answer: Callable[[Request], Response] = _nobody

    @property
    def url(self) -> str:
        """Its address, without a slash at the end."""
        return f"http://{LOOPBACK}:{self.port}"

    def start(self) -> None:
        """Start it in a thread."""
        super().start()
        if self.server is not None:
            self.server.RequestHandlerClass = QuietHandler

    def thread_target(self) -> None:
        """Serve; the pause between two looks at whether to stop is what stopping takes."""
        if self.server is not None:
            self.server.serve_forever(poll_interval=0.05)

    def dispatch(self, request: Request) -> Response:
        """Answer as the test wants."""
        return self.answer(request)

    def reset(self) -> None:
        """Forget what a test left."""
        self.answer = _nobody
        self.clear()


class Listeners:
    """All servers of a session."""

    def __init__(self) -> None:
        self._all: list[Listener] = []
        self._free: list[Listener] = []

    @classmethod
    def start(cls) -> Self:
        """Begin with none."""
        return cls()

    def take(self, answer: Callable[[Request], Response]) -> Listener:
        """Return a server that answers so and has heard nothing.

        Raises:
            PlatformError: It does not start.
        """
        if not self._free:
            self._free.append(self._started())
        listener = self._free.pop()
        listener.reset()
        listener.answer = answer
        return listener

    def give_back(self, listener: Listener) -> None:
        """Take it back from a test; again is once."""
        if listener not in self._free:
            listener.reset()
            self._free.append(listener)

    def close(self) -> None:
        """Stop all of them."""
        self._free.clear()
        while self._all:
            self._all.pop().stop()

    def _started(self) -> Listener:
        listener = Listener()
        try:
            listener.start()
        except OSError as error:
            raise PlatformError(f"An HTTP server for the tests does not start: {error}") from error
        self._all.append(listener)
        return listener
