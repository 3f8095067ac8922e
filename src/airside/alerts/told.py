"""A message with all its parts, the same for a notice and for a digest: what a channel lays out in its own way."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from airside.alerts.event import Severity
from airside.alerts.incident import Notice, State
from airside.alerts.plain import clean
from airside.alerts.storm import Digest
from airside.alerts.text import Fact, Link, body, facts, headline, links

FIRST: Final = 10
"""So many notices, and so many workflows, of a digest are shown; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Item:
    """One notice of a digest: its headline, and where to look."""

    text: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A message.

    Attributes:
        title: One line.
        state: What it says of its incident.
        severity: The worst in it.
        at: When it happened, in seconds since 1970; of a digest the latest.
        body: The first line of the error; empty where there is none.
        facts: What there is to know; of a digest, how many of each workflow.
        items: Of a digest, the first notices and how many there are beside.
        links: Where to look.
    """

    title: str
    state: State
    severity: Severity
    at: float
    body: str = ""
    facts: tuple[Fact, ...] = ()
    items: tuple[Item, ...] = ()
    links: tuple[Link, ...] = ()


def told(message: Notice | Digest) -> Told:
    """Return the parts of `message`."""
    if isinstance(message, Digest):
        return _of_digest(message)
    event = message.event
    return Told(
        headline(message),
        message.state,
        event.severity,
        event.at,
        body=body(message),
        facts=facts(message),
        links=links(event),
    )


def title(message: Notice | Digest) -> str:
    """Return the one line that says it all."""
    return told(message).title if isinstance(message, Digest) else headline(message)


def _of_digest(digest: Digest) -> Told:
    notices = digest.notices
    environments = sorted({clean(notice.event.environment) for notice in notices})
    where = environments[0] if len(environments) == 1 else f"{len(environments)} environments"
    items = [Item(headline(notice), _first_url(notice)) for notice in notices[:FIRST]]
    if len(notices) > FIRST:
        items.append(Item(f"and {len(notices) - FIRST} more"))
    return Told(
        f"{len(notices)} {'alert' if len(notices) == 1 else 'alerts'} in {where}: {_counted(notices)}",
        digest.state,
        max(notice.event.severity for notice in notices),
        max(notice.event.at for notice in notices),
        facts=_by_workflow(notices, with_environment=len(environments) > 1),
        items=tuple(items),
    )


def _by_workflow(notices: Iterable[Notice], *, with_environment: bool) -> tuple[Fact, ...]:
    groups: dict[str, list[Notice]] = {}
    for notice in notices:
        event = notice.event
        name = clean(event.subject) or "The environment"
        groups.setdefault(f"{name} ({clean(event.environment)})" if with_environment else name, []).append(notice)
    largest = sorted(groups.items(), key=lambda group: -len(group[1]))
    found = [Fact(name, _counted(group)) for name, group in largest[:FIRST]]
    if len(largest) > FIRST:
        found.append(Fact("Others", f"and {len(largest) - FIRST} more"))
    return tuple(found)


def _counted(notices: Iterable[Notice]) -> str:
    counts = Counter(notice.state for notice in notices)
    return ", ".join(f"{counts[state]} {state}" for state in State if counts[state])


def _first_url(notice: Notice) -> str | None:
    return next((link.url for link in links(notice.event)), None)
