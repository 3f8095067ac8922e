"""What messages say, whatever the channel: plain text, not yet escaped and not yet cut."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from airside.alerts.event import Event, Kind, Severity
from airside.alerts.incident import Notice, State
from airside.alerts.plain import clean, first_line

_HEADLINES: Final[Mapping[Kind, str]] = {
    Kind.TASK_FAILED: "{task} of {subject} failed in {environment}",
    Kind.RUN_FAILED: "{subject} failed in {environment}",
    Kind.CHECK_FAILED: "Check {task} of {subject} failed in {environment}",
    Kind.IMPORT_ERROR: "{subject} cannot be imported in {environment}",
    Kind.DEADLINE_MISSED: "{subject} missed its deadline in {environment}",
    Kind.NOT_SERVED: "{environment} is not served",
    Kind.RUN_RECOVERED: "{subject} runs again in {environment}",
    Kind.IMPORT_FIXED: "{subject} is imported again in {environment}",
    Kind.SERVED_AGAIN: "{environment} is served again",
    Kind.DEPLOYED: "{Release} was deployed to {environment}",
    Kind.PROMOTED: "{Release} was promoted to {environment}",
    Kind.ROLLED_BACK: "{environment} was rolled back to {release}",
    Kind.SUMMARY: "Summary of {subject} in {environment}",
    Kind.TEST: "A test of this channel, from {environment}",
}
_OF_FILES: Final = frozenset({Kind.IMPORT_ERROR, Kind.IMPORT_FIXED})
_FIRST_LINKS: Final = ("log", "run", "runbook")
_LONGEST_URL: Final = 2000
"""Characters. Browsers and mail programs cut what is longer."""
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing to know: ``Owner``, ``ann``."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Link:
    """An address, and the word to press."""

    text: str
    url: str


def headline(notice: Notice) -> str:
    """Return the one line that says what happened, and where."""
    event = notice.event
    said = {
        "task": event.task or "a task",
        "subject": event.subject or "a workflow",
        "environment": event.environment,
        "release": f"release {event.release}" if event.release else "another release",
        "Release": f"Release {event.release}" if event.release else "A release",
    }
    return clean(_HEADLINES[event.kind].format(**said))


def facts(notice: Notice) -> tuple[Fact, ...]:
    """Return what there is to know beside the headline and the error; nothing that is missing."""
    event = notice.event
    found = (
        ("Environment", event.environment),
        ("File" if event.kind in _OF_FILES else "Workflow", event.subject),
        ("Task", event.task),
        ("Run", event.run),
        ("Try", event.attempt),
        *_of_incident(notice),
        ("Owner", event.owner),
        ("Team", event.team),
        ("Release", event.release),
        ("Commit", event.commit),
    )
    return tuple(Fact(name, clean(str(value))) for name, value in found if value not in {None, ""})


def body(notice: Notice) -> str:
    """Return the first line of the error, or the text that the event brings; empty where there is none."""
    if notice.event.detail:
        return "\n".join(clean(line) for line in notice.event.detail.splitlines()).strip()
    return first_line(notice.event.error or "")


def links(event: Event) -> tuple[Link, ...]:
    """Return the addresses that can be opened: the log, the run and the runbook first."""
    order = sorted(event.links, key=lambda word: _FIRST_LINKS.index(word) if word in _FIRST_LINKS else len(word) + 9)
    return tuple(
        Link(clean(word).capitalize() or "Link", event.links[word]) for word in order if _opens(event.links[word])
    )


def lines(notice: Notice) -> tuple[str, ...]:
    """Return the whole message as lines of plain text."""
    told = [headline(notice), *body(notice).splitlines()]
    told += [f"{fact.name}: {fact.value}" for fact in facts(notice)]
    told += [f"{link.text}: {link.url}" for link in links(notice.event)]
    return tuple(told)


def mark(state: State, severity: Severity) -> str:
    """Return the coloured dot before a headline, where a channel shows such."""
    if state is State.RECOVERED:
        return "\N{LARGE GREEN CIRCLE}"
    if severity >= Severity.ERROR:
        return "\N{LARGE RED CIRCLE}"
    return "\N{LARGE ORANGE CIRCLE}" if severity is Severity.WARNING else "\N{LARGE BLUE CIRCLE}"


def moment(seconds: float) -> str:
    """Return a time, given in seconds since 1970, as ``2026-11-21 04:30 UTC``."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")


def duration(seconds: float) -> str:
    """Return how long something took, in its two largest units: ``2 h 5 min``."""
    left = max(int(seconds), 0)
    if left < _MINUTE:
        return f"{left} s"
    for size, word, smaller, smaller_word in ((_DAY, "d", _HOUR, "h"), (_HOUR, "h", _MINUTE, "min")):
        if left >= size:
            rest = left % size // smaller
            return f"{left // size} {word}" + (f" {rest} {smaller_word}" if rest else "")
    return f"{left // _MINUTE} min"


def _of_incident(notice: Notice) -> tuple[tuple[str, str | int | None], ...]:
    if notice.state is State.NEWS:
        return (("At", moment(notice.event.at)),)
    since = ("Since", moment(notice.since))
    if notice.state is State.RECOVERED:
        return (since, ("Lasted", duration(notice.event.at - notice.since)), ("Failures", notice.failures))
    return (since, ("Failures", notice.failures if notice.failures > 1 else None))


def _opens(url: str) -> bool:
    if len(url) > _LONGEST_URL or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)
