"""One incident, one conversation: what is said when something breaks, breaks again, and is well again.

Pure: an incident and an event in, the incident after it and what there is to say out.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from airside.alerts.event import ENDS, Event


class State(StrEnum):
    """What a message says of its incident."""

    BROKEN = "broken"
    RECOVERED = "recovered"
    NEWS = "news"


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that is wrong, and was told.

    Attributes:
        key: The same for every event of it, on every channel and after every restart.
        first: What began it.
        last: The latest failure of it.
        failures: How many there were.
    """

    key: str
    first: Event
    last: Event
    failures: int = 1


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
    """Return the key of the incident that `event` belongs to.

    Args:
        event: What happened.
        by_task: Each task of a workflow has an incident of its own.
    """
    parts = ["airside", event.environment, *filter(None, [event.subject])]
    return "/".join([*parts, event.task] if by_task and event.task else parts)


def step(incident: Incident | None, event: Event, key: str) -> tuple[Incident | None, Notice | None]:
    """Return the incident after `event`, and what there is to say.

    Args:
        incident: What is open under `key`; None where all is well.
        event: What happened.
        key: Of the incident.
    """
    if event.is_failure:
        if incident is None:
            return Incident(key, event, event), Notice(key, State.BROKEN, event, event.at)
        return replace(incident, last=event, failures=incident.failures + 1), None
    if event.kind not in ENDS:
        return incident, Notice(f"{key}/{event.kind}/{event.at:.3f}", State.NEWS, event, event.at)
    if incident is None or incident.first.kind not in ENDS[event.kind]:
        return incident, None
    return None, Notice(key, State.RECOVERED, event, incident.first.at, incident.failures)
