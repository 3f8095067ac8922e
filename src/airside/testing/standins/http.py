"""The stand-in `http`."""

from typing import TYPE_CHECKING, Any, Final

import msgspec

from airside.testing.standins.naming import folder_of
from airside.testing.standins.options import Options
from airside.testing.standins.port import Running, Surroundings
from airside.testing.standins.requirements import part

if TYPE_CHECKING:
    from airside.testing.standins.web.listening import Listeners
    from airside.testing.standins.web.site import RunningHttp

WEB: Final = {"pytest_httpserver": "pytest-httpserver"}
"""What all stand-ins that speak HTTP need."""


class Reply(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An answer with more than a body.

    Attributes:
        status: Of HTTP.
        json: The body, as JSON.
        text: The body, as text.
        path: The body, a file.
        headers: Beside those of the stand-in.
        delay: Seconds before it is sent.
    """

    status: int = 200
    json: Any = msgspec.UNSET
    text: str | None = None
    path: str | None = None
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    delay: float = 0.0


class Http(Options, frozen=True, kw_only=True):
    """An HTTP server; the options are those of `airside.testing.http`."""

    routes: dict[str, Any] = msgspec.field(default_factory=dict)
    headers: dict[str, str] = msgspec.field(default_factory=dict)

    def start(self, name: str, surroundings: Surroundings) -> Running:
        """Take a server of the session.

        Raises:
            UsageError: A route or an answer cannot be read, or a package is missing.
        """
        listening = part("airside.testing.standins.web.listening", "http", WEB)
        routing = part("airside.testing.standins.web.routing", "http", WEB)
        routes = routing.routes(name, self.routes, self.headers, folder_of(self.folder, surroundings))
        listeners: Listeners = surroundings.servers.shared(listening.Listeners)
        running: RunningHttp = part("airside.testing.standins.web.site", "http", WEB).RunningHttp(listeners, routes)
        return self.extended(running)
