"""The summary of a run becomes its note, and is told."""

from collections.abc import Callable
from pathlib import Path

import pytest
from airflow_api import READER, AirflowApi
from asking import Asking

from airside.alerts.event import Kind

pytestmark = pytest.mark.xdist_group("airflow-api")

Watch = Callable[[], Asking]
NOTE = "2 of 2 tasks\n17 rows, usually 20"


def ended(api: AirflowApi, run: str = "one", value: object = None, state: str = "success") -> None:
    api.do("run", "orders", run)
    if value is not None:
        api.do("summary", "orders", run, value)
    api.end("orders", run, state)


@pytest.mark.parametrize("state", ["success", "failed"])
def test_the_note_of_a_summary_is_written_and_told(api: AirflowApi, watch: Watch, state: str) -> None:
    ended(api, value={"note": NOTE, "outcome": state}, state=state)
    (event,) = watch().summarised()
    assert api.run_of("orders", "one")["note"] == NOTE
    assert (event.kind, event.subject, event.run, event.detail) == (Kind.SUMMARY, "orders", "one", NOTE)
    assert (event.team, event.links["run"]) == ("sales", "https://airflow.example.com/dags/orders/runs/one")


def test_a_summary_is_told_once_whoever_is_restarted(api: AirflowApi, watch: Watch) -> None:
    ended(api, value={"note": NOTE})
    first = watch()
    assert len(first.summarised()) == 1
    assert first.summarised() == []
    assert watch().summarised() == []


def test_a_run_that_goes_on_is_waited_for(api: AirflowApi, watch: Watch) -> None:
    watcher = watch()
    api.do("run", "orders", "one")
    api.do("summary", "orders", "one", {"note": NOTE})
    assert watcher.summarised() == []
    api.end("orders", "one", "success")
    assert len(watcher.summarised()) == 1


def test_what_somebody_wrote_stays(api: AirflowApi, watch: Watch) -> None:
    watcher = watch()
    api.do("run", "orders", "one")
    watcher.session.call("PATCH", "/api/v2/dags/orders/dagRuns/one?update_mask=note", {"note": "mine"})
    api.do("summary", "orders", "one", {"note": NOTE})
    api.end("orders", "one", "success")
    assert len(watcher.summarised()) == 1
    assert api.run_of("orders", "one")["note"] == "mine"


def test_a_run_that_runs_again_gets_the_note_of_its_last_time(api: AirflowApi, watch: Watch) -> None:
    ended(api, value={"note": "1 of 2 tasks"}, state="failed")
    assert len(watch().summarised()) == 1
    api.do("clear", "orders", "one")
    api.do("summary", "orders", "one", {"note": NOTE})
    api.end("orders", "one", "success")
    assert len(watch().summarised()) == 1
    assert api.run_of("orders", "one")["note"] == NOTE


@pytest.mark.parametrize("value", [{"outcome": "success"}, {"note": " "}, {"note": 3}, [1], 7])
def test_what_is_no_summary_writes_nothing(api: AirflowApi, watch: Watch, value: object) -> None:
    ended(api, value=value)
    assert watch().summarised() == []
    assert api.run_of("orders", "one")["note"] is None


def test_a_note_that_is_too_long_for_airflow_is_cut(api: AirflowApi, watch: Watch) -> None:
    ended(api, value={"note": "x" * 1001})
    watch().summarised()
    assert api.run_of("orders", "one")["note"] == "x" * 999 + "…"


def test_workflows_without_summaries_are_asked_about_once_a_minute(api: AirflowApi, watch: Watch) -> None:
    watcher = watch()
    for number in range(5):
        ended(api, f"run-{number}")
    assert watcher.summarised() == []
    assert sum("xcomEntries" in request for request in watcher.session.seen) == 1


def test_who_may_not_write_notes_has_summaries_told_and_that_said_once(api: AirflowApi, tmp_path: Path) -> None:
    watcher = Asking(api, tmp_path / "cursors", READER)
    ended(api, "one", value={"note": NOTE})
    ended(api, "two", value={"note": NOTE})
    assert [event.detail for event in watcher.summarised()] == [NOTE, NOTE]
    assert api.run_of("orders", "one")["note"] is None
    (reason,) = watcher.refused
    assert "answered 403" in reason
