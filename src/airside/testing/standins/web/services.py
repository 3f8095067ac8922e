"""What Slack, Teams and PagerDuty answer."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any

from airside.testing.standins.port import Reached

Answering = Callable[[str, Any], tuple[int, str | Mapping[str, Any]]]
"""From the path and the body of a request to a status and a body."""

KEY = "0123456789abcdef0123456789abcdef"
"""An integration key of PagerDuty, which has 32 signs."""

_OK = 300


def slack_webhook(status: int) -> Answering:
    """Answer as an incoming webhook: `ok`, as text."""
    return lambda _, __: (status, "ok" if status < _OK else "error")


def slack_bot(status: int) -> Answering:
    """Answer as Slack's Web API: each message gets a `ts` of its own, under which it is answered and changed."""
    sent = 0

    def answer(path: str, body: Any) -> tuple[int, Mapping[str, Any]]:
        nonlocal sent
        if status >= _OK:
            return status, {"ok": False, "error": "internal_error"}
        if path.endswith("/auth.test"):
            return status, {
                "ok": True,
                "team": "test",
                "team_id": "T0",
                "user": "test",
                "user_id": "U0",
                "bot_id": "B0",
            }
        sent += 1
        fields = body if isinstance(body, dict) else {}
        ts = str(fields.get("ts") or f"1700000000.{sent:06}")
        return status, {"ok": True, "channel": fields.get("channel") or "C0", "ts": ts, "message": {**fields, "ts": ts}}

    return answer


def teams(status: int) -> Answering:
    """Answer as the webhook of a workflow: nothing."""
    return lambda _, __: (status, "")


def pagerduty(status: int) -> Answering:
    """Answer as the Events API v2 (`POST /v2/enqueue`)."""

    def answer(_: str, body: Any) -> tuple[int, Mapping[str, Any]]:
        if status >= _OK:
            return status, {"status": "error", "message": "the test wants it so"}
        given = body.get("dedup_key") if isinstance(body, dict) else None
        key = given or hashlib.sha256(repr(body).encode()).hexdigest()[:32]
        return status, {"status": "success", "message": "Event processed", "dedup_key": key}

    return answer


def reached_webhook(url: str) -> Reached:
    """Return the connection of `SlackWebhookHook`."""
    return Reached({"conn_type": "slackwebhook", "password": f"{url}/services/T0/B0/test"})


def reached_bot(url: str, channel: str | None) -> Reached:
    """Return the connection of `SlackHook`; the channel is where Airside's alerts write to."""
    extra = {"base_url": f"{url}/api/"} | ({"channel": channel} if channel else {})
    return Reached({"conn_type": "slack", "password": "xoxb-test", "extra": extra})


def reached_teams(url: str) -> Reached:
    """Return a connection as Airside's alerts read it; no provider has one."""
    return Reached({"conn_type": "msteams", "password": f"{url}/workflows/test"})


def reached_pagerduty(url: str) -> Reached:
    """Return a connection as Airside's alerts read it."""
    return Reached({"conn_type": "pagerduty_events", "password": KEY, "extra": {"url": url}})
