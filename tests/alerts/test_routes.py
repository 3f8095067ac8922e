"""Which channels hear of an event, and what a person is told who asks why not."""

import pytest
from alerted import event

from airside.alerts.event import ENDS, NEWS, Event, Kind, Severity
from airside.alerts.incident import incident_key
from airside.alerts.route import Route, routes_for
from airside.workspace.alert_settings import EVENTS, SEVERITIES


def route(**said: object) -> Route:
    return Route(**({"name": "r", "channels": ("chat",)} | said))  # type: ignore[arg-type] # by name, as declared


def test_the_settings_know_every_event_and_severity() -> None:
    assert {*EVENTS, Kind.TEST} == set(Kind)
    assert [severity.word for severity in Severity] == list(SEVERITIES)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in NEWS and kind not in ENDS])
def test_a_route_without_patterns_hears_of_every_failure(kind: Kind) -> None:
    assert routes_for([route()], event(kind)) == [route()]


@pytest.mark.parametrize("kind", sorted(NEWS - {Kind.ROLLED_BACK}))
def test_news_are_told_to_whoever_names_them_or_asks_for_all_that_is_worth_knowing(kind: Kind) -> None:
    assert route().refusal(event(kind))
    assert route(events=(kind,)).refusal(event(kind)) is None
    assert route(events=(kind,), severity=Severity.WARNING).refusal(event(kind)) == "severity info is below warning"


@pytest.mark.parametrize(
    ("said", "happened", "reason"),
    [
        ({"environments": ("prod*",)}, event(), None),
        ({"environments": ("preview/*",)}, event(), "environment 'production' is none of preview/*"),
        ({"teams": ("sales", "data")}, event(team="data"), None),
        ({"teams": ("sales",)}, event(), "team '' is none of sales"),
        ({"workflows": ("ord*",)}, event(), None),
        ({"workflows": ("Orders",)}, event(), "workflow 'orders' is none of Orders"),
        ({"tasks": ("load",)}, event(task="load[3]"), None),
        ({"tasks": ("load",)}, event(Kind.RUN_FAILED), "task '' is none of load"),
        ({"tasks": ("load",)}, event(Kind.RUN_RECOVERED), None),
        ({"events": (Kind.TASK_FAILED,)}, event(Kind.RUN_RECOVERED), None),
        ({"events": (Kind.IMPORT_ERROR,)}, event(Kind.RUN_RECOVERED), "event run-recovered is none of import-error"),
        ({"events": (Kind.RUN_FAILED,)}, event(), "event task-failed is none of run-failed"),
        ({"severity": Severity.CRITICAL}, event(), "severity error is below critical"),
        ({"severity": Severity.CRITICAL}, event(tags=("severity:critical",)), None),
        ({}, event(tags=("severity:info",)), "severity info is below warning"),
        ({}, event(tags=("severity:unheard-of",)), None),
        ({}, event(Kind.SUMMARY), "a summary is told where `events` names it"),
    ],
)
def test_a_refusal_names_what_does_not_match(said: dict[str, object], happened: Event, reason: str | None) -> None:
    assert route(**said).refusal(happened) == reason


def test_an_event_takes_all_routes_that_match() -> None:
    routes = [route(name="a"), route(name="b", environments=("dev",)), route(name="c")]
    assert [found.name for found in routes_for(routes, event())] == ["a", "c"]


def test_the_key_of_an_incident_is_that_of_its_workflow_or_task() -> None:
    assert incident_key(event(task="load[7]")) == "airside/production/orders"
    assert incident_key(event(task="load[7]"), by_task=True) == "airside/production/orders/load"
    assert incident_key(event(Kind.NOT_SERVED, subject="")) == "airside/production"
    assert incident_key(event(environment="preview/x"), by_task=True) == "airside/preview--x/orders/load"


def test_the_identity_of_an_event_is_that_of_what_happened_not_of_how_it_is_told() -> None:
    told = event(at=1.25, task="load[1]", attempt=2)
    again = event(at=1.25, task="load[1]", attempt=2, error="boom", owner="me", links={"log": "x"})
    assert told.identity == again.identity
    assert len({told.identity, event(at=1.25, task="load[1]", attempt=3).identity, event(at=1.26).identity}) == 3
