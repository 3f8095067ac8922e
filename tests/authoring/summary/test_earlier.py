from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from airside.authoring.summary.earlier import earlier_figures, left

FIRST = datetime(2026, 11, 21, tzinfo=UTC)
REPORTED = st.none() | st.integers(0, 100)


class Past:
    """Runs of a workflow, one an hour, and what each left."""

    def __init__(self, left_behind: Sequence[object], *, dated: bool = True) -> None:
        self.left = list(left_behind)
        self.dated = dated
        self.asked = 0

    def before(self, moment: datetime) -> tuple[str, datetime] | None:
        self.asked += 1
        number = int((moment - FIRST) / timedelta(hours=1)) - 1
        return (str(number), FIRST + timedelta(hours=number)) if number >= 0 and self.dated else None

    def left_by(self, run: str) -> object:
        self.asked += 1
        return self.left[int(run)]

    def left_before(self) -> object:
        self.asked += 1
        return next((each for each in reversed(self.left) if each is not None), None)

    def found(self) -> tuple[dict[str, Any], ...]:
        moment = FIRST + timedelta(hours=len(self.left)) if self.dated else None
        return earlier_figures(self, moment)


def lived(reported: list[int | None], *, dated: bool) -> Past:
    """Let runs happen that report these rows, or nothing."""
    past = Past([], dated=dated)
    for rows in reported:
        figures = {} if rows is None else {"load": {"rows": rows}}
        past.left.append(left(figures, past.found()))
    return past


@given(st.lists(REPORTED, max_size=30), st.booleans())
def test_a_run_finds_the_last_ten_that_reported(reported: list[int | None], dated: bool) -> None:
    found = [figures["load"]["rows"] for figures in lived(reported, dated=dated).found()]
    assert found == [rows for rows in reversed(reported) if rows is not None][:10]


def test_what_a_run_leaves_is_json() -> None:
    document = left({"load": {"rows": 1}}, ({"load": {"rows": 2.5}},))
    assert document == {"figures": {"load": {"rows": 1}}, "earlier": [{"load": {"rows": 2.5}}]}
    assert left({}, ()) is None


def test_ten_runs_cost_two_requests() -> None:
    past = lived(list(range(20)), dated=True)
    past.asked = 0
    assert len(past.found()) == 10
    assert past.asked == 2


def test_a_run_that_left_nothing_is_passed_by() -> None:
    past = lived([1, 2], dated=True)
    past.left += [None, "no figures", {"figures": {"load": {"rows": "x"}}}]
    assert [figures["load"]["rows"] for figures in past.found()] == [2, 1]


def test_the_way_back_ends() -> None:
    past = Past([None] * 1000)
    assert past.found() == ()
    assert past.asked == 20
