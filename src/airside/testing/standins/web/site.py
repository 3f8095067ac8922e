"""The HTTP server of one test."""

import json

from werkzeug import Request as Incoming
from werkzeug import Response

from airside.testing.standins.port import Reached
from airside.testing.standins.readings import Request
from airside.testing.standins.web.listening import LOOPBACK, Listener, Listeners
from airside.testing.standins.web.routing import Route, wanted

_NO_ROUTE = "X-Airside-No-Route"


class RunningHttp:
    """A server that answers by routes, and remembers what it was asked."""

    def __init__(self, listeners: Listeners, routes: list[Route]) -> None:
        self._listeners = listeners
        self._routes = routes
        self._listener: Listener = listeners.take(self._answer)
        self.url = self._listener.url
        self.reached = Reached(
            {"conn_type": "http", "host": LOOPBACK, "port": self._listener.port, "schema": "http"},
        )

    def close(self) -> None:
        """Give the server back."""
        self._listeners.give_back(self._listener)

    def requests(self, route: str = "") -> list[Request]:
        """As `HasRequests`."""
        heard = [_heard(incoming, response) for incoming, response in list(self._listener.log)]
        if not route:
            return heard
        like = wanted(route)
        return [each for each in heard if like.takes(each.method, each.path, each.query)]

    def _answer(self, request: Incoming) -> Response:
        for route in self._routes:
            if route.wanted.takes(request.method, request.path, request.args.to_dict()):
                return route.answers.response()
        status = 405 if any(route.wanted.is_for(request.path) for route in self._routes) else 404
        text = f"The test gives no route for {request.method} {request.full_path.rstrip('?')}"
        body = json.dumps({"error": text, "routes": [route.wanted.name for route in self._routes]})
        return Response(body, status, {_NO_ROUTE: "1"}, content_type="application/json")


def _heard(incoming: Incoming, response: Response) -> Request:
    return Request(
        incoming.method,
        incoming.path,
        incoming.args.to_dict(),
        dict(incoming.headers),
        incoming.get_data(),
        response.status_code,
        is_expected=_NO_ROUTE not in response.headers,
    )
