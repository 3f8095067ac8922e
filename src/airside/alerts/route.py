"""Which channels hear of an event."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from airside.alerts.event import ENDS, Event, Kind, Severity


@dataclass(frozen=True, slots=True)
class Route:
    """One ``[[alerts]]`` of `airside.toml`. An empty pattern list matches everything.

    Attributes:
        name: For messages.
        channels: The ids of connections.
        environments: Shell patterns of environments.
        teams: Shell patterns of teams.
        workflows: Shell patterns of workflows.
        tasks: Shell patterns of tasks; an event of no task does not match.
        events: The kinds; what ends one of them matches too. None named: all, but for summaries.
        severity: What is less bad does not match. None: what is less than a warning does not, unless `events` names it.
        by_task: Each task has an incident of its own.
    """

    name: str
    channels: tuple[str, ...]
    environments: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    workflows: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    events: tuple[Kind, ...] = ()
    severity: Severity | None = None
    by_task: bool = False

    def refusal(self, event: Event) -> str | None:
        """Return why `event` does not match, for a person who asks; None where it does."""
        asked = (
            ("environment", event.environment, self.environments),
            ("team", event.team or "", self.teams),
            ("workflow", event.subject, self.workflows),
            ("task", (event.task or "").partition("[")[0], self.tasks),
        )
        for word, value, patterns in asked:
            # A recovery is of a whole run: it ends what was said of a task, too.
            is_of_run = word == "task" and event.kind in ENDS
            if patterns and not is_of_run and not _matches(value, patterns):
                return f"{word} {value!r} is none of {', '.join(patterns)}"
        if self.events and not _includes(self.events, event.kind):
            return f"event {event.kind} is none of {', '.join(self.events)}"
        if not self.events and event.kind is Kind.SUMMARY:
            return "a summary is told where `events` names it"
        return self._severity_refusal(event)

    def _severity_refusal(self, event: Event) -> str | None:
        # A recovery is news of something that was bad enough; what was never told is never ended.
        if event.kind in ENDS or (self.severity is None and event.kind in self.events):
            return None
        least = self.severity or Severity.WARNING
        return f"severity {event.severity.word} is below {least.word}" if event.severity < least else None


def routes_for(routes: Iterable[Route], event: Event) -> list[Route]:
    """Return the routes that `event` takes: all that match."""
    return [route for route in routes if route.refusal(event) is None]


def _matches(value: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(value, pattern) for pattern in patterns)


def _includes(events: Sequence[Kind], kind: Kind) -> bool:
    return kind in events or any(begun in events for begun in ENDS.get(kind, ()))
