from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from airside.base.errors import UsageError
from airside.testing.given import LOGICAL_DATE, Answer, Given
from airside.testing.pytest_plugin.giving import given_of, standins_of

FOLDER = Path("/project/tests")
DAY = datetime(2026, 3, 4, tzinfo=UTC)


def _given(**giving: Any) -> Given:
    return given_of("orders", giving, FOLDER)


@pytest.mark.parametrize("day", ["2026-03-04", "2026-03-04T00:00:00Z", date(2026, 3, 4), datetime(2026, 3, 4), DAY])  # noqa: DTZ001 - a day without a zone
def test_a_day_is_in_utc_unless_it_says_so(day: object) -> None:
    given = _given(logical_date=day, clock=day, data_interval=(day, day))
    assert (given.logical_date, given.clock, given.data_interval) == (DAY, DAY, (DAY, DAY))


def test_what_is_not_given_is_as_in_given() -> None:
    assert _given() == Given(dag_id="orders")
    assert _given().logical_date == LOGICAL_DATE
    assert _given(logical_date=None).logical_date is None


def test_variables_are_texts_as_airflow_has_them() -> None:
    assert _given(variables={"a": "10", "b": 10, "c": {"x": [1]}}).variables == {
        "a": "10",
        "b": "10",
        "c": '{"x": [1]}',
    }


def test_a_connection_is_a_uri_a_mapping_or_an_object_of_airflow() -> None:
    class Connection:
        def get_uri(self) -> str:
            return "http://api"

    class StandIn:
        def start(self) -> None: ...

    connections = {"a": "http://a", "b": {"conn_type": "http"}, "c": Connection(), "d": StandIn()}
    assert _given(connections=connections).connections == {
        "a": "http://a",
        "b": {"conn_type": "http"},
        "c": "http://api",
    }
    assert list(standins_of(connections)) == ["d"]


def test_a_failure_is_a_text_or_an_exception() -> None:
    assert _given(fail={"a": "ValueError: x", "b": KeyError("y")}).fail == {"a": "ValueError: x", "b": "KeyError: 'y'"}


def test_an_answer_is_its_option() -> None:
    answers = {"a": "Approve", "b": ["x", "y"], "c": Answer(("Reject",), by="ada")}
    assert _given(answers=answers).answers == {
        "a": Answer(("Approve",)), "b": Answer(("x", "y")), "c": Answer(("Reject",), by="ada"),
    }  # fmt: skip


def test_one_task_or_host_needs_no_list_and_paths_are_relative_to_the_test() -> None:
    given = _given(only="load", network="pypi.org", writable=["data", "/srv"], asset_events={"a": [{"n": 1}]})
    assert (given.only, given.network) == (("load",), ("pypi.org",))
    assert given.writable == (FOLDER / "data", Path("/srv"))
    assert given.asset_events == {"a": ({"n": 1},)}
    assert _given(writable="out").writable == (FOLDER / "out",)


@pytest.mark.parametrize(("timeout", "seconds"), [(3, 3.0), ("2m", 120.0), (timedelta(seconds=1.5), 1.5)])
def test_a_timeout_is_seconds_or_a_time_span(timeout: object, seconds: float) -> None:
    assert _given(timeout=timeout).timeout == seconds


@pytest.mark.parametrize(
    ("giving", "says"),
    [
        ({"connection": {}}, "no 'connection'; did you mean 'connections'"),
        ({"logical_date": "yesterday"}, "'yesterday' is no date"),
        ({"timeout": "soon"}, "'soon' is no time span"),
        ({"dag_id": "other"}, "no 'dag_id'"),
        ({"params": {"n": 1}}, "no 'params'; did you mean 'conf'"),
        ({"execution_date": "2026-01-02"}, "no 'execution_date'; did you mean 'logical_date'"),
    ],
)
def test_what_cannot_be_given_is_refused(giving: dict[str, object], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        _given(**giving)


@pytest.mark.parametrize(
    ("giving", "said"),
    [
        ({"logical_date": 20260102}, "20260102 is no date"),
        ({"data_interval": "2026-01-02"}, "no start and end"),
        ({"data_interval": 3}, "no start and end"),
        ({"only": [3]}, r"only: \[3\] is no text"),
        ({"network": True}, "network: True is no text"),
        ({"variables": {"day": DAY}}, "variables: day cannot be JSON"),
        ({"fail": {"load": ValueError}}, "fail: load is <class 'ValueError'>"),
        ({"fail": {"load": True}}, "fail: load is True"),
        ({"answers": {"ask": None}}, "answers: ask is None"),
        ({"answers": {"ask": {"chosen": ["a"]}}}, "answers: ask is {'chosen'"),
        ({"asset_events": {"raw": {"n": 1}}}, "asset_events: raw is {'n': 1}, no list of extras"),
        ({"asset_events": {"raw": "abc"}}, "asset_events: raw is 'abc'"),
        ({"tier": "slow"}, "'slow' is no tier"),
        ({"timeout": [1]}, "no time span"),
        ({"stub": ["load"]}, "stub: .* is no mapping"),
        ({"connections": None}, "connections: None is no mapping"),
        ({"environment": {"N": 1}}, "N is 1, not a text"),
    ],
)
def test_what_is_not_what_it_should_be_is_said_by_its_name(giving: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        _given(**giving)
