"""PagerDuty, Events API v2: an alert is triggered and resolved under the key of its incident.

https://developer.pagerduty.com/docs/send-alert-event: `dedup_key` has at most 255 characters, `summary` 1024; an event
512 KB (https://developer.pagerduty.com/docs/events-api-v2-overview). What is no incident becomes a change event, which
pages nobody (https://developer.pagerduty.com/docs/send-change-event).
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from airside.alerts.channels.address import Address
from airside.alerts.channels.request import Request, posted
from airside.alerts.incident import Notice, State
from airside.alerts.plain import clean, fit
from airside.alerts.storm import Digest, Message
from airside.alerts.told import Told, told

_KEY, _SUMMARY, _DETAIL, _NAME = 255, 1024, 2000, 255
_HASH: Final = 64


def requests(address: Address, message: Message) -> tuple[Request, ...]:
    """Return the events of `message`: its own, and one for each earlier alert that a digest ends."""
    ended = message.resolves if isinstance(message, Digest) else ()
    return (_own(address, message), *(_resolve(address, key) for key in ended))


def bounded(key: str) -> str:
    """Return `key`, or where PagerDuty would refuse its length its beginning and a hash of it."""
    if len(key) <= _KEY:
        return key
    return f"{key[: _KEY - _HASH - 1]}/{hashlib.sha256(key.encode(errors='surrogatepass')).hexdigest()}"


def _own(address: Address, message: Message) -> Request:
    if message.state is State.RECOVERED:
        return _resolve(address, message.key)
    said = told(message)
    payload = {
        "summary": fit(said.title, _SUMMARY),
        "timestamp": datetime.fromtimestamp(said.at, UTC).isoformat(timespec="milliseconds"),
        "source": _source(message),
        "custom_details": _details(said),
    }
    event: dict[str, Any] = {
        "routing_key": address.secret,
        "links": [{"href": link.url, "text": fit(link.text, _NAME)} for link in said.links],
    }
    if message.state is State.NEWS:
        return posted(f"{address.url}/v2/change/enqueue", {**event, "payload": payload}, address.headers)
    event |= {"event_action": "trigger", "dedup_key": bounded(message.key), "client": "Airside"}
    return _enqueued(address, {**event, "payload": {**payload, "severity": said.severity.word, **_grouping(message)}})


def _resolve(address: Address, key: str) -> Request:
    event = {"routing_key": address.secret, "event_action": "resolve", "dedup_key": bounded(key)}
    return _enqueued(address, event)


def _enqueued(address: Address, event: Mapping[str, Any]) -> Request:
    return posted(f"{address.url}/v2/enqueue", event, address.headers)


def _details(said: Told) -> dict[str, str]:
    details = {"Error" if said.state is State.BROKEN else "Text": said.body} if said.body else {}
    details |= {fact.name: fact.value for fact in said.facts}
    details |= {f"{place:02}": item.text for place, item in enumerate(said.items, 1)}
    return {fit(name, _NAME): fit(value, _DETAIL) for name, value in details.items()}


def _source(message: Message) -> str:
    events = [message.event] if isinstance(message, Notice) else [notice.event for notice in message.notices]
    environments = sorted({clean(event.environment) for event in events})
    return fit(", ".join(environments), _NAME)


def _grouping(message: Message) -> dict[str, str]:
    if isinstance(message, Digest):
        return {"class": "digest"}
    event = message.event
    found = {"component": clean(event.subject), "group": clean(event.team or ""), "class": event.kind.value}
    return {name: fit(value, _NAME) for name, value in found.items() if value}
