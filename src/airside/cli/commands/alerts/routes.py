"""`airside alerts routes`."""

from typing import TYPE_CHECKING

import click

from airside.base.errors import FindingsError, UsageError
from airside.base.suggestions import suggestion
from airside.cli.context import Context
from airside.cli.verb import verb
from airside.running.current import LOCAL
from airside.workspace.alert_settings import EVENTS, SEVERITIES

if TYPE_CHECKING:
    from airside.alerts.event import Event, Kind
    from airside.alerts.route import Route

_COLUMNS = ("route", "channels", "environments", "teams", "workflows", "tasks", "events", "severity")


@verb
@click.option("--explain", nargs=2, metavar="WORKFLOW EVENT", help="Which routes such an event takes, and why.")
@click.option("--environment", default=LOCAL, show_default=True, metavar="ENV", help="Where it happens.")
@click.option("--task", metavar="T", help="The task that it is of.")
@click.option("--team", metavar="TEAM", help="The team of the workflow.")
@click.option("--severity", type=click.Choice(SEVERITIES), help="What the workflow's tag severity:S says.")
def command(
    context: Context,
    *,
    explain: tuple[str, str] | None,
    environment: str,
    task: str | None,
    team: str | None,
    severity: str | None,
) -> None:
    r"""Show the routes of airside.toml, or who hears of an event, and why.

    \b
    airside alerts routes
    airside alerts routes --explain daily_orders task-failed --environment production
    airside alerts routes --explain daily_orders deadline-missed --team sales --severity critical

    Exit codes: 1 with --explain, nobody hears of it; 2 there is no such event or environment.
    """
    from airside.alerts.configured import routes_of

    routes = routes_of(context.workspace.settings.alerts)
    if explain is None:
        _show(context, routes)
        return
    from airside.alerts.event import Event

    if environment != LOCAL:
        context.workspace.settings.environment(environment)
    tags = () if severity is None else (f"severity:{severity}",)
    kind = _kind(explain[1])
    event = Event(kind, environment, 0.0, subject=explain[0], task=task, team=team, tags=tags)
    _explain(context, routes, event)


def _kind(name: str) -> "Kind":
    from airside.alerts.event import Kind

    if name not in EVENTS:
        raise UsageError(
            f"There is no event {name!r}{suggestion(name, EVENTS)}", hint=f"There are: {', '.join(EVENTS)}."
        )
    return Kind(name)


def _show(context: Context, routes: "tuple[Route, ...]") -> None:
    context.output.document([_document(route) for route in routes])
    if not routes:
        context.output.say("airside.toml has no [[alerts]]: nobody hears of anything")
        return
    context.output.table(_COLUMNS, (_row(route) for route in routes))


def _row(route: "Route") -> tuple[str, ...]:
    patterns = (route.environments, route.teams, route.workflows, route.tasks, route.events)
    severity = route.severity.word if route.severity else "warning"
    return (route.name, ", ".join(route.channels), *(", ".join(each) or "all" for each in patterns), severity)


def _document(route: "Route") -> dict[str, object]:
    return {
        "name": route.name,
        "channels": list(route.channels),
        "environments": list(route.environments),
        "teams": list(route.teams),
        "workflows": list(route.workflows),
        "tasks": list(route.tasks),
        "events": list(route.events),
        "severity": route.severity.word if route.severity else None,
        "by_task": route.by_task,
    }


def _explain(context: Context, routes: "tuple[Route, ...]", event: "Event") -> None:
    from airside.alerts.event import ENDS
    from airside.alerts.incident import incident_key

    refusals = [(route, route.refusal(event)) for route in routes]
    matching = [route for route, refusal in refusals if refusal is None]
    channels = list(dict.fromkeys(channel for route in matching for channel in route.channels))
    keys = sorted({incident_key(event, by_task=route.by_task) for route in matching})
    context.output.document(
        {
            "event": event.kind,
            "severity": event.severity.word,
            "environment": event.environment,
            "workflow": event.subject,
            "channels": channels,
            "incidents": keys,
            "routes": [
                {"name": route.name, "matches": refusal is None, "reason": refusal, "channels": list(route.channels)}
                for route, refusal in refusals
            ],
        }
    )
    for route, refusal in refusals:
        context.output.say(
            f"✔ {route.name} → {', '.join(route.channels)}" if refusal is None else f"✘ {route.name}: {refusal}"
        )
    if event.kind in ENDS:
        context.output.say("  a recovery is told to whoever was told what it ends, and to nobody else", style="dim")
    if not matching:
        raise FindingsError(
            f"Nobody hears of {event.kind} of {event.subject!r} in {event.environment!r}",
            hint="[[alerts]] in airside.toml says who hears of what.",
        )
    context.output.done(f"{', '.join(channels)} of {event.environment!r}: {', '.join(keys)}")
