"""What is sent, and what comes back, as values."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from airside.secrets.values import nothing

JSON: Final = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Request:
    """A request over HTTP; its `repr` shows no part that may be secret.

    Attributes:
        method: `POST`.
        url: All of it.
        headers: Every one.
        body: As it goes over the wire.
    """

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Mail:
    """A message for a mail server.

    Attributes:
        sender: The address of the envelope.
        recipients: As many.
        content: Headers and body, in ASCII, with the line ends of mail.
    """

    sender: str
    recipients: tuple[str, ...]
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said.

    Attributes:
        status: Of HTTP; of mail the code of the last reply.
        body: The first 64 KiB of it.
        headers: Their names in small letters.
    """

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=nothing)


def posted(url: str, document: object, headers: Mapping[str, str]) -> Request:
    """Return the request that posts `document` as JSON."""
    return Request("POST", url, {"Content-Type": JSON, **headers}, encoded(document))


def encoded(document: Any) -> bytes:  # noqa: ANN401 - whatever JSON holds
    """Return `document` as JSON in UTF-8."""
    # Half of a character, which only a key can still hold, becomes a question mark.
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")
