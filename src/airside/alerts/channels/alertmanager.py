"""Alertmanager: `POST /api/v2/alerts`, as its own `api/v2/openapi.yaml` describes it.

An alert is known by its labels, all of them, and a recovery does not know how bad the failure was. So a recovery ends
the alert of every severity: Alertmanager says nothing of one that never was.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from airside.alerts.channels.address import Address
from airside.alerts.channels.request import Request, posted
from airside.alerts.event import Event, Kind, Severity
from airside.alerts.incident import Notice, State
from airside.alerts.plain import clean, fit
from airside.alerts.storm import Digest, Message
from airside.alerts.text import body, facts, headline, links

_OPEN: Final = 30 * 86400.0
"""Seconds until an alert ends that nobody ended. Without an end Alertmanager takes its `resolve_timeout`, 5 minutes."""
_NEWS: Final = 300.0
"""Seconds for which news is shown."""
_LONGEST: Final = 2000
_NO_NAME: Final = re.compile("[^a-z_]")


def request(address: Address, message: Message) -> Request:
    """Return the one request with the alerts of all notices."""
    notices = message.notices if isinstance(message, Digest) else (message,)
    latest = {notice.key: notice for notice in notices}
    alerts = [alert for notice in latest.values() for alert in _alerts(notice)]
    return posted(f"{address.url}/api/v2/alerts", alerts, address.headers)


def _alerts(notice: Notice) -> Iterator[Mapping[str, Any]]:
    if notice.state is State.RECOVERED:
        for severity in Severity:
            yield _alert(notice, severity, notice.event.at)
    else:
        lasts = _NEWS if notice.state is State.NEWS else _OPEN
        yield _alert(notice, notice.event.severity, notice.event.at + lasts)


def _alert(notice: Notice, severity: Severity, end: float) -> Mapping[str, Any]:
    found = {link.text.lower(): link.url for link in links(notice.event)}
    alert = {
        "labels": _labels(notice, severity),
        "annotations": _annotations(notice),
        # Never after its end, which Alertmanager would refuse.
        "startsAt": _moment(min(notice.since, end)),
        "endsAt": _moment(end),
    }
    source = found.get("run") or found.get("log")
    return {**alert, "generatorURL": source} if source else alert


def _labels(notice: Notice, severity: Severity) -> dict[str, str]:
    event = notice.event
    labels = {
        "alertname": "AirsideNews" if notice.state is State.NEWS else "AirsideIncident",
        "incident": notice.key,
        "environment": event.environment,
        _subject_label(event): event.subject,
        "team": event.team or "",
        "severity": severity.word,
    }
    return {name: clean(value) for name, value in labels.items() if clean(value)}


def _subject_label(event: Event) -> str:
    return "file" if event.kind in {Kind.IMPORT_ERROR, Kind.IMPORT_FIXED} else "workflow"


def _annotations(notice: Notice) -> dict[str, str]:
    annotations = {"summary": headline(notice), "description": body(notice)}
    annotations |= {fact.name.lower(): fact.value for fact in facts(notice)}
    annotations |= {f"{link.text.lower()}_url": link.url for link in links(notice.event)}
    return {_NO_NAME.sub("_", name): fit(value, _LONGEST) for name, value in annotations.items() if value}


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
