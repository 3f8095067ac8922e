"""What messages say."""

from dataclasses import replace

import pytest
from alert_samples import BARE, BROKEN, CALM, DEPLOYED, FAILED, RECOVERED, STORM

from airside.alerts.event import Event, Kind, Severity
from airside.alerts.incident import Notice, State
from airside.alerts.storm import Digest
from airside.alerts.text import duration, headline, lines, links, mark
from airside.alerts.told import title, told


def notice(kind: Kind, **parts: str) -> Notice:
    return Notice("k", State.NEWS, Event(kind, "production", 0.0, **parts), 0.0)  # type: ignore[arg-type]


def test_a_failure_says_what_where_why_since_when_whose_and_of_which_release() -> None:
    assert lines(replace(BROKEN, failures=2)) == (
        "load[3] of sales_daily failed in production",
        "ValueError: <rows> & columns differ: `expected` *12*, found 11",
        "Environment: production",
        "Workflow: sales_daily",
        "Task: load[3]",
        "Run: scheduled__2026-11-21T00:00:00+00:00",
        "Try: 3",
        "Since: 2026-11-21 12:00 UTC",
        "Failures: 2",
        "Owner: ann",
        "Team: sales",
        "Release: 20261121-1",
        "Commit: 1a2b3c4 by Ann Author",
        "Log: https://airflow.example.com/dags/sales_daily/runs/1/tasks/load/mapped/3?try_number=3&full=true",
        "Run: https://airflow.example.com/dags/sales_daily/runs/scheduled__2026-11-21T00%3A00%3A00%2B00%3A00",
        "Runbook: https://docs.example.com/runbooks/sales_daily",
    )


def test_a_recovery_says_how_long_it_took_and_how_many_failures() -> None:
    told_lines = lines(RECOVERED)
    assert told_lines[0] == "sales_daily runs again in production"
    assert {"Since: 2026-11-21 12:00 UTC", "Lasted: 2 h 5 min", "Failures: 4"} <= set(told_lines)


def test_what_is_not_known_is_not_said() -> None:
    assert lines(BARE) == ("dev is not served", "Environment: dev", "Since: 2026-11-21 12:00 UTC")


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_event_has_a_headline_that_names_the_environment(kind: Kind) -> None:
    said = headline(notice(kind, subject="{weird}", task="load", release="r1"))
    assert "production" in said
    assert said == headline(notice(kind, subject="{weird}", task="load", release="r1"))
    assert headline(notice(kind))


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Kind.DEPLOYED, "Release r1 was deployed to production"),
        (Kind.ROLLED_BACK, "production was rolled back to release r1"),
        (Kind.IMPORT_ERROR, "dags/x.py cannot be imported in production"),
    ],
)
def test_headlines(kind: Kind, said: str) -> None:
    assert headline(notice(kind, subject="dags/x.py", release="r1")) == said


def test_a_digest_counts_by_workflow_and_shows_the_first_ten() -> None:
    said = told(STORM)
    assert said.title == title(STORM) == "12 alerts in production: 11 broken, 1 recovered"
    assert [(fact.name, fact.value) for fact in said.facts] == [("orders", "11 broken"), ("sales_daily", "1 recovered")]
    assert [item.text for item in said.items[9:]] == ["load_9 of orders failed in production", "and 2 more"]
    assert said.items[0].url == FAILED.links["log"]
    assert title(CALM) == "1 alert in production: 1 recovered"


def test_a_digest_of_very_many_workflows_and_environments_stays_short() -> None:
    many = tuple(replace(BROKEN, event=replace(FAILED, subject=f"w{n}", environment=f"e{n % 3}")) for n in range(500))
    said = told(Digest(many, "d", State.BROKEN))
    assert said.title == "500 alerts in 3 environments: 500 broken"
    assert (len(said.facts), len(said.items)) == (11, 11)
    assert said.facts[0].name == "w0 (e0)"
    assert said.facts[-1].value == "and 490 more"


def test_only_addresses_of_pages_are_links() -> None:
    event = replace(
        FAILED,
        links={
            "a": "javascript:alert(1)",
            "b": "https://x/\ny",
            "c": "/relative",
            "d": "https://[",
            "e": "ftp://x/y",
            "run": "http://x/r",
        },
    )
    assert [(link.text, link.url) for link in links(event)] == [("Run", "http://x/r")]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-1, "0 s"),
        (59.9, "59 s"),
        (60, "1 min"),
        (3600, "1 h"),
        (7500, "2 h 5 min"),
        (90000, "1 d 1 h"),
        (86400, "1 d"),
    ],
)
def test_a_duration_is_said_in_its_two_largest_units(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_the_dot_before_a_headline_says_how_bad_it_is() -> None:
    assert [mark(State.BROKEN, severity) for severity in Severity] == ["🔵", "🟠", "🔴", "🔴"]
    assert mark(State.RECOVERED, Severity.INFO) == "🟢"
    assert told(DEPLOYED).state is State.NEWS


def test_a_link_without_a_name_is_one_all_the_same() -> None:
    """Teams refuses a button without a title."""
    event = replace(FAILED, links={"": "https://example.com/a"})
    assert [link.text for link in links(event)] == ["Link"]
