"""An event in, what one channel is to be told after it out. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from airside.alerts.conversation import without_pairs
from airside.alerts.event import ENDS, Event, Kind
from airside.alerts.incident import Incident, Notice, at_or_below, incident_key, speak, step
from airside.alerts.state import ChannelState

MOST_PENDING: Final = 500
"""Notices that a channel may owe; beyond that, those go that are outdated."""


def fold(state: ChannelState, event: Event, *, by_task: bool, is_silenced: bool) -> ChannelState:
    """Return the state of a channel after `event`.

    Args:
        state: Before.
        event: What happened, and concerns this channel.
        by_task: Each task has an incident of its own.
        is_silenced: Somebody asked for silence about it.
    """
    incidents = dict(state.incidents)
    notices = []
    for key in _keys(incidents, event, by_task=by_task):
        after, notice = step(incidents.get(key), event, key, is_silenced=is_silenced)
        if after is None:
            incidents.pop(key, None)
        else:
            incidents[key] = after
        if notice:
            notices.append(notice)
    return _said(replace(state, incidents=incidents), tuple(notices))


def break_silence(state: ChannelState, is_silenced: Callable[[Event], bool]) -> ChannelState:
    """Return the state of a channel that hears now of what broke in a silence, and is still broken after it."""
    told = [speak(each) for each in state.incidents.values() if each.is_held and not is_silenced(each.last)]
    if not told:
        return state
    incidents = dict(state.incidents) | {incident.key: incident for incident, _ in told}
    return _said(replace(state, incidents=incidents), tuple(notice for _, notice in told))


def _keys(incidents: Mapping[str, Incident], event: Event, *, by_task: bool) -> list[str]:
    """Return the keys of the incidents that `event` is of."""
    key = incident_key(event)
    if event.kind in ENDS:
        return at_or_below(key, incidents)
    if event.kind is Kind.RUN_FAILED and (open_ := at_or_below(key, incidents)):
        # A run fails because a task did: that was told, and counted.
        latest = max(open_, key=lambda each: incidents[each].last.at)
        incident = incidents[latest]
        return [] if incident.is_told and incident.last.run == event.run else [latest]
    return [incident_key(event, by_task=by_task)]


def _said(state: ChannelState, notices: tuple[Notice, ...]) -> ChannelState:
    fresh = (*state.fresh, *notices)
    if len(state.waiting) + len(fresh) <= MOST_PENDING:
        return replace(state, fresh=fresh)
    pending, merged = without_pairs((*state.waiting, *fresh), MOST_PENDING)
    counters = replace(state.counters, merged=state.counters.merged + merged)
    # What was new waits now: there is far too much for messages of its own.
    return replace(state, fresh=(), waiting=pending, counters=counters)
