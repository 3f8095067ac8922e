"""What a route says: bodies as a test writes them down, made into responses."""

import json
import mimetypes
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import msgspec
from werkzeug import Response

from airside.base.errors import UsageError
from airside.testing.standins.contents import read
from airside.testing.standins.http import Reply


@dataclass(frozen=True)
class _Said:
    """One response."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    delay: float = 0.0

    def response(self) -> Response:
        if self.delay:
            time.sleep(self.delay)
        return Response(self.body, self.status, dict(self.headers))


class Answers:
    """What a route says, one after the other; the last one again and again."""

    def __init__(self, said: Sequence[_Said]) -> None:
        self._said = said
        self._next = 0
        self._lock = threading.Lock()

    def response(self) -> Response:
        """Return the next one, after its delay."""
        with self._lock:
            said = self._said[self._next]
            self._next = min(self._next + 1, len(self._said) - 1)
        return said.response()


def answers(place: str, given: Any, headers: Mapping[str, str], folder: Path) -> Answers:
    """Read what a test gives for a route.

    Args:
        place: Which route, for messages.
        given: A body; a status; a `Reply`, or `{"reply": {…}}`; a tuple of these or `{"replies": […]}`: in turn.
        headers: Of each answer.
        folder: What paths of files are relative to.

    Raises:
        UsageError: It cannot be read.
    """
    each = list(given) if isinstance(given, tuple) else _only(given, "replies")
    if each is None:
        each = [given]
    if not isinstance(each, list) or not each:
        raise UsageError(f"The replies of {place} are no list of at least one")
    return Answers([_said(place, _reply(place, one), headers, folder) for one in each])


def _only(given: Any, key: str) -> Any:
    return given[key] if isinstance(given, Mapping) and list(given) == [key] else None


def _reply(place: str, given: Any) -> Reply:
    if isinstance(given, Reply):
        return given
    spelled = _only(given, "reply")
    if spelled is not None:
        try:
            return msgspec.convert(spelled, Reply)
        except msgspec.ValidationError as error:
            raise UsageError(f"The reply of {place} cannot be read: {error}") from error
    if isinstance(given, int) and not isinstance(given, bool):
        return Reply(status=given)
    return Reply(text=given) if isinstance(given, str) else Reply(json=given)


def _said(place: str, reply: Reply, headers: Mapping[str, str], folder: Path) -> _Said:
    if reply.status not in set(HTTPStatus):
        raise UsageError(
            f"{reply.status} is no status of HTTP, in the reply of {place}",
            hint=f"A number as the body is written {{reply: {{json: {reply.status}}}}}.",
        )
    body, kind = _body(place, reply, folder)
    return _Said(reply.status, body, {"Content-Type": kind, **headers, **reply.headers}, reply.delay)


def _body(place: str, reply: Reply, folder: Path) -> tuple[bytes, str]:
    if reply.path is not None:
        return read(folder, reply.path, for_what=place), mimetypes.guess_type(reply.path)[
            0
        ] or "application/octet-stream"
    if reply.text is not None:
        return reply.text.encode(), "text/plain; charset=utf-8"
    if reply.json is msgspec.UNSET:
        return b"", "text/plain; charset=utf-8"
    try:
        return json.dumps(reply.json, default=str).encode(), "application/json"
    except (TypeError, ValueError) as error:
        raise UsageError(f"The body of {place} is nothing that JSON has: {error}") from error
