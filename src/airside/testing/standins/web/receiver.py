"""What hears messages: a server that answers as Slack, Teams and PagerDuty do, and remembers."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from werkzeug import Request as Incoming
from werkzeug import Response

from airside.testing.standins.port import Reached
from airside.testing.standins.readings import Message
from airside.testing.standins.web.listening import Listener, Listeners

_SPOKEN = {"text", "title", "value", "summary", "fallback"}
"""Where a human's words stand: in blocks and attachments of Slack, in cards of Teams, in events of PagerDuty."""


class RunningReceiver:
    """A chat or a pager of one test."""

    def __init__(
        self,
        listeners: Listeners,
        answer: Callable[[str, Any], tuple[int, str | Mapping[str, Any]]],
        reached: Callable[[str], Reached],
    ) -> None:
        self._listeners = listeners
        self._answer = answer
        self._heard: list[Message] = []
        self._listener: Listener = listeners.take(self._hear)
        self.reached = reached(self._listener.url)

    def close(self) -> None:
        """Give the server back."""
        self._listeners.give_back(self._listener)

    def messages(self) -> list[Message]:
        """As `HasMessages`."""
        return list(self._heard)

    def _hear(self, request: Incoming) -> Response:
        body = _decoded(request)
        if not _is_question(request.path):
            channel = body.get("channel") or body.get("event_action") or "" if isinstance(body, dict) else ""
            text = "\n".join(dict.fromkeys(_words(body)))
            self._heard.append(Message(text, str(channel), body, datetime.now(UTC)))
        status, said = self._answer(request.path, body)
        if isinstance(said, str):
            return Response(said, status)
        return Response(json.dumps(said), status, content_type="application/json")


def _is_question(path: str) -> bool:
    """Whether a bot of Slack asks rather than says something: `auth.test`, `conversations.list`."""
    return path.startswith("/api/") and not path.startswith(("/api/chat.", "/api/files."))


def _decoded(request: Incoming) -> Any:
    data = request.get_data()
    if request.mimetype == "application/x-www-form-urlencoded":
        fields: dict[str, Any] = dict(parse_qsl(data.decode(errors="replace"), keep_blank_values=True))
        return fields | {name: _json(fields[name].encode()) for name in ("blocks", "attachments") if name in fields}
    return _json(data)


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return data.decode(errors="replace")


def _words(body: Any, key: str = "text") -> Iterator[str]:
    if isinstance(body, str):
        if key in _SPOKEN and body:
            yield body
    elif isinstance(body, list):
        for each in body:
            yield from _words(each, key)
    elif isinstance(body, dict):
        for name, each in body.items():
            yield from _words(each, name)
