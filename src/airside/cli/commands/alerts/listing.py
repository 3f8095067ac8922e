"""`airside alerts list`."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from airside.base.clock import to_text
from airside.base.errors import AirsideError
from airside.cli.alerting import state_file
from airside.cli.context import Context
from airside.cli.silences_shown import silence_document
from airside.cli.verb import verb

if TYPE_CHECKING:
    from airside.alerts.incident import Incident
    from airside.alerts.state import ChannelState
    from airside.release.silence import Silence

_INCIDENTS = ("incident", "since", "failures", "last", "channel", "")
_CHANNELS = ("channel", "environment", "delivered", "failed", "dropped", "waiting", "last", "")


@verb
def command(context: Context) -> None:
    r"""List what is open, what is silenced, and how the channels are.

    Incidents and channels are those of the watcher of this machine; silences are those of the store.

    \b
    airside alerts list
    airside alerts list --json

    Exit codes: 1 the state of the watcher is damaged; 4 the store does not answer, so that silences are not shown.
    """
    channels = state_file(context).load().channels
    silences, fault = _silences(context)
    context.output.document(
        {
            "incidents": [_incident(each, found) for each in channels for found in each.incidents.values()],
            "channels": [_channel(each) for each in channels],
            "silences": None if fault else [silence_document(each) for each in silences],
        }
    )
    _show(context, channels)
    for silence in silences:
        where = "" if silence.environments == "*" else f" in {silence.environments}"
        who = f"{silence.actor}: {silence.reason}"
        context.output.say(f"silenced: {silence.workflows}{where} until {silence.until} ({who}) {silence.id}")
    if fault is not None:
        raise fault


def _silences(context: Context) -> "tuple[tuple[Silence, ...], AirsideError | None]":
    from airside.alerts.silences import held_silences

    try:
        return held_silences(context.store, context.now()), None
    except AirsideError as error:
        # What this machine knows is shown all the same; the error ends the verb.
        return (), error


def _show(context: Context, channels: "tuple[ChannelState, ...]") -> None:
    open_ = [(each, incident) for each in channels for incident in each.incidents.values()]
    if open_:
        context.output.table(_INCIDENTS, (_incident_row(each, incident) for each, incident in open_))
    else:
        context.output.say("nothing is open")
    if channels:
        context.output.table(_CHANNELS, map(_channel_row, channels))


def _incident_row(state: "ChannelState", incident: "Incident") -> tuple[str, ...]:
    told = "" if incident.is_told else "silenced, or not told yet"
    last = f"{incident.last.kind} {incident.last.task or ''}".strip()
    facts = (_text(incident.first.at) or "", str(incident.failures), last, state.channel.connection)
    return incident.key, *facts, told


def _incident(state: "ChannelState", incident: "Incident") -> dict[str, object]:
    return {
        "key": incident.key,
        "environment": state.channel.environment,
        "channel": state.channel.connection,
        "workflow": incident.last.subject,
        "since": _text(incident.first.at),
        "failures": incident.failures,
        "told": incident.is_told,
        "last": {
            "event": incident.last.kind,
            "at": _text(incident.last.at),
            "task": incident.last.task,
            "run": incident.last.run,
            "error": incident.last.error,
        },
    }


def _channel_row(state: "ChannelState") -> tuple[str, ...]:
    counters = state.counters
    numbers = (counters.delivered, counters.failed, counters.dropped, state.undelivered)
    fault = f"fails since {_text(counters.failing_since)}: {counters.fault}" if counters.failing_since else ""
    return (
        state.channel.connection,
        state.channel.environment,
        *map(str, numbers),
        _text(counters.delivered_at) or "never",
        fault,
    )


def _channel(state: "ChannelState") -> dict[str, object]:
    counters = state.counters
    return {
        "channel": state.channel.connection,
        "environment": state.channel.environment,
        "delivered": counters.delivered,
        "failed": counters.failed,
        "dropped": counters.dropped,
        "merged": counters.merged,
        "waiting": state.undelivered,
        "delivered_at": _text(counters.delivered_at),
        "failing_since": _text(counters.failing_since),
        "fault": counters.fault or None,
    }


def _text(seconds: float | None) -> str | None:
    return None if seconds is None else to_text(datetime.fromtimestamp(seconds, UTC))
