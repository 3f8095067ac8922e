"""The routes that `airside.toml` says."""

from collections.abc import Iterable

from airside.alerts.event import Kind, Severity
from airside.alerts.route import Route
from airside.workspace.alert_settings import AlertSettings


def routes_of(alerts: Iterable[AlertSettings]) -> tuple[Route, ...]:
    """Return the routes, in their order; one without a name is called by its number, from 1."""
    return tuple(
        Route(
            name=said.name or f"route {number}",
            channels=tuple(dict.fromkeys(said.channels)),
            environments=said.environments,
            teams=said.teams,
            workflows=said.workflows,
            tasks=said.tasks,
            events=tuple(Kind(event) for event in said.events),
            severity=Severity[said.severity.upper()] if said.severity else None,
            by_task=said.by_task,
        )
        for number, said in enumerate(alerts, 1)
    )
