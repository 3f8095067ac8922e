"""What one channel does next: which message it tries, and what follows from the answer. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from airside.alerts.conversation import compose
from airside.alerts.incident import State
from airside.alerts.ports import ANSWER, DeliveryError
from airside.alerts.state import ChannelState, Outgoing
from airside.alerts.storm import WINDOW, room, turn
from airside.base.errors import AirsideError

DEADLINE: Final = 24 * 3600.0
"""Seconds after the first attempt at which a message is given up."""

LONGEST_PAUSE: Final = 300.0
"""Seconds between two attempts, unless the other side asks for more."""

_LONGEST_ASKED: Final = 3600.0
_DOUBLINGS: Final = 9


def prepared(state: ChannelState, now: float) -> ChannelState:
    """Return the state with the messages that go out next, if it is time for any."""
    # Where the clock was set back, a time that is still to come would hold the channel until then.
    sent = tuple(min(at, now) for at in state.sent if now - WINDOW <= at)
    state = state if sent == state.sent else replace(state, sent=sent)
    if state.outgoing or not (state.fresh or state.waiting):
        return state
    chosen = turn(state.waiting, state.fresh, sent, now)
    if not chosen.groups and not state.fresh:
        return state  # as it was: what is saved at each turn would wear the disk out in a storm
    outgoing, told = [], state.told
    for group in chosen.groups:
        message, told = compose(group, told, state.channel.environment)
        outgoing.append(Outgoing.of(message))
    return replace(state, fresh=(), waiting=chosen.waiting, outgoing=tuple(outgoing), told=told)


def is_due(state: ChannelState, now: float) -> bool:
    """Tell whether a message is to be tried now."""
    # An attempt counts as a message, since nobody knows whether one without an answer came through.
    return bool(state.outgoing) and _due(state.outgoing[0], now) and room(state.sent, now) > 0


def _due(message: Outgoing, now: float) -> bool:
    # Further off than any pause: the clock was set back.
    return message.due <= now or message.due > now + _LONGEST_ASKED


def attempted(state: ChannelState, now: float) -> ChannelState:
    """Return the state in which the next message is on its way."""
    head, *rest = state.outgoing
    began = now if head.began is None else head.began
    tried = replace(head, attempts=head.attempts + 1, began=began)
    return replace(state, outgoing=(tried, *rest), sent=(*state.sent, now))


def delivered(state: ChannelState, answer: Mapping[str, str], now: float) -> ChannelState:
    """Return the state after the next message was taken.

    Args:
        state: Before.
        answer: What the channel wants to be told again.
        now: When, seconds since 1970: it may have come through this late, so the window counts from here.
    """
    counters = replace(
        state.counters,
        delivered=state.counters.delivered + 1,
        delivered_at=now,
        failing_since=None,
        fault="",
    )
    head = state.outgoing[0]
    remembered = dict(state.remembered)
    for key in ended_by(head):
        remembered.pop(key, None)
    if kept := {name: value for name, value in answer.items() if name != ANSWER and begins(head)}:
        remembered[head.message.key] = kept
    return replace(
        state, outgoing=state.outgoing[1:], sent=(*state.sent[:-1], now), counters=counters, remembered=remembered
    )


def refused(state: ChannelState, error: AirsideError, now: float) -> tuple[ChannelState, bool]:
    """Return the state after the next message was not taken, and whether it was given up.

    Args:
        state: Before.
        error: Why.
        now: When, seconds since 1970.
    """
    head, before = state.outgoing[0], state.counters
    counters = replace(
        before,
        failed=before.failed + 1,
        fault=error.message,
        failing_since=now if before.failing_since is None else before.failing_since,
    )
    state = replace(state, counters=counters, sent=(*state.sent[:-1], now))
    asked = error.retry_after if isinstance(error, DeliveryError) else None
    pause = max(
        min(2.0 ** min(head.attempts - 1, _DOUBLINGS), LONGEST_PAUSE), min(max(asked or 0.0, 0.0), _LONGEST_ASKED)
    )
    began = now if head.began is None else head.began
    if (isinstance(error, DeliveryError) and error.is_final) or now + pause > began + DEADLINE:
        return _dropped(state), True
    return replace(state, outgoing=(replace(head, due=now + pause), *state.outgoing[1:])), False


def _dropped(state: ChannelState) -> ChannelState:
    """Give the next message up. What it would have told as broken is told at the next failure."""
    unsaid = {notice.key for notice in state.outgoing[0].notices if notice.state is State.BROKEN}
    incidents = {
        key: replace(incident, is_told=False) if key in unsaid else incident
        for key, incident in state.incidents.items()
    }
    counters = replace(state.counters, dropped=state.counters.dropped + 1)
    told = state.told.without(unsaid)
    return replace(state, outgoing=state.outgoing[1:], incidents=incidents, counters=counters, told=told)


def begins(message: Outgoing) -> bool:
    """Tell whether more will be said about the key of this message."""
    return message.message.state is State.BROKEN


def ended_by(message: Outgoing) -> set[str]:
    """Return the keys that nothing more is said about after this message."""
    ended = {notice.key for notice in message.notices if notice.state is State.RECOVERED}
    return ended if begins(message) else ended | {message.message.key}
