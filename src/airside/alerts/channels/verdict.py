"""What an answer means: taken, to be sent again later, or never to be taken. Nothing is sent here."""

import json
from collections.abc import Mapping
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

from airside.alerts.channels.address import Address, ChannelKind
from airside.alerts.channels.request import Answer
from airside.alerts.plain import clean, first_line, fit
from airside.alerts.ports import DeliveryError

_FINAL: Final = frozenset({400, 413, 415, 422})
"""The message itself is refused. Other errors are of the server, the network or the connection, and are mended."""
_FINAL_WORDS: Final = frozenset(
    {
        "invalid_arguments",
        "invalid_blocks",
        "invalid_blocks_format",
        "msg_blocks_too_long",
        "msg_too_long",
        "no_text",
        "too_many_attachments",
    }
)
"""The same in the words of Slack (https://docs.slack.dev/reference/methods/chat.postMessage)."""
_LONGEST_PAUSE: Final = 3600.0
_DENIED: Final = frozenset({401, 403, 404, 410})
_GONE_THREADS: Final = frozenset({"cannot_reply_to_message", "invalid_thread_ts", "thread_not_found"})


class LostThreadError(DeliveryError):
    """The message that this one follows is gone: it is to be sent on its own."""


def failure_of(address: Address, answer: Answer) -> DeliveryError | None:
    """Return why a message was not taken; None where it was."""
    if address.kind is ChannelKind.SLACK and answer.status == HTTPStatus.OK:
        return _of_slack(address, answer)
    if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
        return None
    if answer.status < HTTPStatus.BAD_REQUEST:
        return _error(
            address, f"sends elsewhere ({answer.status})", hint="Redirects are not followed: name the address."
        )
    return _error(
        address,
        ": ".join(filter(None, (f"answers {answer.status}", said(address, answer)))),
        hint=f"Look whether the connection {address.name!r} is still right." if answer.status in _DENIED else None,
        retry_after=_pause(answer.headers),
        is_final=answer.status in _FINAL and not _is_of_key(address, answer),
    )


def said(address: Address, answer: Answer) -> str:
    """Return the first line of what the other side said, or all of its JSON as one line; nothing secret."""
    text = answer.body.strip()
    return fit(address.masked(clean(text) if text[:1] in {"{", "["} else first_line(text)), 300)


def _of_slack(address: Address, answer: Answer) -> DeliveryError | None:
    document = document_of(answer)
    if document.get("ok") is True:
        return None
    word = fit(address.masked(first_line(str(document.get("error") or answer.body))), 300)
    if word in _GONE_THREADS:
        return LostThreadError(f"{address} has no such thread any more: {word}")
    return _error(address, f"refuses: {word}", retry_after=_pause(answer.headers), is_final=word in _FINAL_WORDS)


def document_of(answer: Answer) -> Mapping[str, object]:
    """Return the JSON object that is the answer; an empty one where it is none."""
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _is_of_key(address: Address, answer: Answer) -> bool:
    """Tell whether PagerDuty refuses the integration key: it answers 400 to that, too."""
    return address.kind is ChannelKind.PAGERDUTY and "routing" in answer.body.lower()


def _error(
    address: Address, what: str, *, hint: str | None = None, retry_after: float | None = None, is_final: bool = False
) -> DeliveryError:
    return DeliveryError(f"The channel {address} {what}", hint=hint, retry_after=retry_after, is_final=is_final)


def _pause(headers: Mapping[str, str]) -> float | None:
    """Return what `Retry-After` asks for in seconds: it is a number, or a time, compared with that of the answer."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), _LONGEST_PAUSE)
    try:
        until, sent = parsedate_to_datetime(text), parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        return None
    pause = until.astimezone(UTC) - sent.astimezone(UTC)
    return min(max(pause / timedelta(seconds=1), 0.0), _LONGEST_PAUSE)
