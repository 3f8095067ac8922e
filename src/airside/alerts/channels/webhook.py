"""Any webhook: our own JSON, described in `docs/reference/alert-channels.md`."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from airside.alerts.channels.address import Address
from airside.alerts.channels.request import Request, posted
from airside.alerts.incident import Notice
from airside.alerts.plain import clean, fit
from airside.alerts.storm import Digest, Message
from airside.alerts.text import body, links
from airside.alerts.told import title

_VERSION: Final = 1
_LONGEST: Final = 5000


def request(address: Address, message: Message) -> Request:
    """Return what the webhook is sent."""
    if isinstance(message, Digest):
        document = {
            "version": _VERSION,
            "type": "digest",
            "key": clean(message.key),
            "state": message.state.value,
            "title": title(message),
            "notices": [_notice(notice) for notice in message.notices],
            "resolves": [clean(key) for key in message.resolves],
        }
    else:
        document = {"version": _VERSION, "type": "notice", **_notice(message)}
    return posted(address.url, document, address.headers)


def _notice(notice: Notice) -> Mapping[str, Any]:
    event = notice.event
    return {
        "key": clean(notice.key),
        "state": notice.state.value,
        "event": event.kind.value,
        "severity": event.severity.word,
        "title": title(notice),
        "environment": clean(event.environment),
        "subject": _cleaned(event.subject),
        "task": _cleaned(event.task),
        "run": _cleaned(event.run),
        "text": fit(body(notice), _LONGEST) or None,
        "try": event.attempt,
        "owner": _cleaned(event.owner),
        "team": _cleaned(event.team),
        "tags": [clean(tag) for tag in event.tags],
        "release": _cleaned(event.release),
        "commit": _cleaned(event.commit),
        "links": {link.text.lower(): link.url for link in links(event)},
        "at": _moment(event.at),
        "since": _moment(notice.since),
        "failures": notice.failures,
    }


def _cleaned(text: str | None) -> str | None:
    return clean(text) if text else None


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
