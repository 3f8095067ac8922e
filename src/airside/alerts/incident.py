"""One incident, one conversation: what is said when something breaks, breaks again, and is well again.

Pure: an incident and an event in, the incident after it and what there is to say out.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from airside.alerts.event import ENDS, Event
from airside.base.names import bundle_name


class State(StrEnum):
    """What a message says of its incident."""

    BROKEN = "broken"
    RECOVERED = "recovered"
    NEWS = "news"


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that is wrong.

    Attributes:
        key: The same for every event of it, on every channel and after every restart.
        first: What began it.
        last: The latest failure of it.
        failures: How many there were.
        is_told: The channel has heard of it, or will; not while it is silenced, nor when its message was given up.
        is_held: It is not told because of a silence, and will be at its end.
    """

    key: str
    first: Event
    last: Event
    failures: int = 1
    is_told: bool = True
    is_held: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """What is to be said.

    Attributes:
        key: Of the incident; of news, unique.
        state: What it says of the incident.
        event: What happened now.
        since: When it began, in seconds since 1970.
        failures: How many failures the incident had so far.
    """

    key: str
    state: State
    event: Event
    since: float
    failures: int = 1


def incident_key(event: Event, *, by_task: bool = False) -> str:
    """Return the key of the incident that `event` belongs to: ``airside/<environment>/<workflow>``.

    The slash of an environment is two hyphens: ``preview/x`` is not the workflow ``x`` of ``preview``.

    Args:
        event: What happened.
        by_task: Each task of a workflow has an incident of its own; all that it is mapped to has the same.
    """
    parts = ["airside", bundle_name(event.environment), *filter(None, [event.subject])]
    return "/".join([*parts, event.task.partition("[")[0]] if by_task and event.task else parts)


def at_or_below(key: str, keys: Iterable[str]) -> list[str]:
    """Return those of `keys` that are `key`, or of a task of it."""
    return [each for each in keys if each == key or each.startswith(f"{key}/")]


def step(
    incident: Incident | None, event: Event, key: str, *, is_silenced: bool = False
) -> tuple[Incident | None, Notice | None]:
    """Return the incident after `event`, and what there is to say.

    What was told is ended even where it is silenced: a pager that was set off has to stop.

    Args:
        incident: What is open under `key`; None where all is well.
        event: What happened.
        key: Of the incident.
        is_silenced: Say nothing that is not the end of what was said.
    """
    if event.is_failure:
        return _broken(incident, event, key, is_silenced=is_silenced)
    if event.kind not in ENDS:
        return incident, None if is_silenced else _news(event, key)
    if incident is None or incident.first.kind not in ENDS[event.kind]:
        return incident, None
    notice = Notice(incident.key, State.RECOVERED, event, incident.first.at, incident.failures)
    return None, notice if incident.is_told else None


def _broken(incident: Incident | None, event: Event, key: str, *, is_silenced: bool) -> tuple[Incident, Notice | None]:
    if incident is None:
        after = Incident(key, event, event, is_told=False)
    else:
        after = replace(incident, last=event, failures=incident.failures + 1)
    if after.is_told:
        return after, None
    return (replace(after, is_held=True), None) if is_silenced else speak(after)


def speak(incident: Incident) -> tuple[Incident, Notice]:
    """Return an incident that nobody has heard of yet as one that is told, and what there is to say."""
    notice = Notice(incident.key, State.BROKEN, incident.last, incident.first.at, incident.failures)
    return replace(incident, is_told=True, is_held=False), notice


def _news(event: Event, key: str) -> Notice:
    return Notice(f"{key}/{event.kind}/{event.identity}", State.NEWS, event, event.at)
