from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airside.testing.expecting.comparing import EXACTLY, LIKE, Way, differences, is_same
from airside.testing.expecting.equality import Cell, equal
from airside.testing.expecting.mismatch import NOTHING, Mismatch
from airside.testing.expecting.patterns import fits, fits_lines

ID = "5c2e9d0a-8f37-4c0e-9d3b-0c1f3a1b2c3d"
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
PARIS = timezone(timedelta(hours=1))


@dataclass
class Order:
    number: int
    lines: tuple[str, ...]


def test_an_object_of_a_class_that_no_task_may_read_is_the_mapping_of_its_fields() -> None:
    came = {"__classname__": "unusual_prefix_cabc057b_orders.Order", "__version__": 1, "__data__": {"number": 1}}
    assert is_same({"number": 1}, came, EXACTLY)
    assert not is_same({"number": 2}, came, EXACTLY)


@pytest.mark.parametrize(
    ("expected", "came"),
    [
        (1, 1),
        (1, 1.0),
        (0.3, 0.1 + 0.2),
        (10, Decimal("10.00")),
        ("10.50", Decimal("10.5")),
        ("2026-01-02", date(2026, 1, 2)),
        ("2026-01-02", datetime(2026, 1, 2)),  # noqa: DTZ001 - as databases give them
        ("2026-01-02T12:00:00", NOON),
        ("2026-01-02 13:00:00+01:00", NOON),
        ("2026-01-02T12:00:00Z", NOON.astimezone(PARIS)),
        ("12:30:00", time(12, 30)),
        ("1:00:00", timedelta(hours=1)),
        (ID.upper(), UUID(ID)),
        ("abc", b"abc"),
        ("/tmp/x", Path("/tmp/x")),
        (float("nan"), float("nan")),
        (None, None),
        (2**70, 2**70),
    ],
)
def test_a_value_is_equal_to_what_it_spells(expected: object, came: object) -> None:
    assert equal(expected, came)


@pytest.mark.parametrize(
    ("expected", "came"),
    [
        (1, True),
        (True, 1),
        (0, False),
        (None, ""),
        ("", None),
        ("1", 1),
        (1, "1"),
        ("True", True),
        ("[1]", [1]),
        (2**70, 2**70 + 1),
        (1.0, 1.00001),
        (10**400, 1.0),
        ("2026-01-02", datetime(2026, 1, 2, 1)),  # noqa: DTZ001 - as databases give them
        ("soon", NOON),
        (1, Decimal("sNaN")),
        ("a", "A"),
    ],
)
def test_a_value_is_not_equal_to_what_looks_like_it(expected: object, came: object) -> None:
    assert not equal(expected, came)


@pytest.mark.parametrize(
    ("cell", "value"),
    [("1", 1), ("1.50", 1.5), ("true", True), ("0", False), ("", None), ("", ""), ("007", "007"), ("x", "x"),
     ("2026-01-02", date(2026, 1, 2)), ("1.0", Cell("1"))],
)  # fmt: skip
def test_a_cell_of_csv_is_what_it_spells_on_either_side(cell: str, value: object) -> None:
    assert equal(Cell(cell), value)
    assert equal(value, Cell(cell))


@pytest.mark.parametrize(("cell", "value"), [("1", 2), ("no", True), ("007", 7), ("x", None), ("nan", 1)])
def test_a_cell_of_csv_is_nothing_else(cell: str, value: object) -> None:
    assert not equal(Cell(cell), value)


@pytest.mark.parametrize(
    ("expected", "came"),
    [
        ([1, 2], (1, 2)),
        ([1, 2], {2, 1}),
        ({"number": 1, "lines": ["a"]}, Order(1, ("a",))),
        ({"1": "a"}, {1: "a"}),
    ],
)
def test_what_python_has_more_of_is_what_yaml_can_say(expected: object, came: object) -> None:
    assert is_same(expected, came)


def test_the_innermost_places_that_differ_are_told() -> None:
    expected = {"rows": [{"n": 1}, {"n": 2}], "gone": 1}
    came = {"rows": [{"n": 1}, {"n": 3}], "more": 2}
    found = set(differences(expected, came, "tasks.load.output"))
    assert found == {
        Mismatch("tasks.load.output.rows[1].n", 2, 3),
        Mismatch("tasks.load.output.gone", 1, NOTHING),
        Mismatch("tasks.load.output.more", NOTHING, 2),
    }


def test_lists_of_other_lengths_are_told_as_a_whole() -> None:
    (found,) = differences([1, 2], [1], "output")
    assert (found.path, str(found.expected), str(found.came)) == ("output", "2 values: [1, 2]", "1 value: [1]")


def test_what_did_not_come_is_nothing_that_can_be_spelled() -> None:
    assert not is_same("nothing", NOTHING)
    assert not is_same("*", NOTHING, LIKE)
    assert not is_same(None, NOTHING)


@pytest.mark.parametrize("way", [EXACTLY, LIKE])
@settings(deadline=None)
@given(value=st.recursive(st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False), st.lists))
def test_every_value_is_the_same_as_itself(way: Way, value: object) -> None:
    assert is_same(value, value, way)


def test_a_part_of_a_mapping_is_enough_where_it_is_like_it() -> None:
    came = {"rows": 2, "at": NOON, "who": {"id": 1, "name": "Ann"}}
    assert is_same({"rows": 2, "who": {"name": "A*"}}, came, LIKE)
    assert not is_same({"rows": 2, "who": {"name": "B*"}}, came, LIKE)
    assert not is_same({"rows": 2}, came)


@pytest.mark.parametrize(
    ("pattern", "text", "does"),
    [
        ("insert into *", "insert into orders", True),
        ("*limit 10*", "select 1\nlimit 10\n", True),
        ("select [a-z]?", "select b", False),
        ("a\nb", " a\r\nb \n", True),
        ("", "", True),
        ("*", "", True),
        ("a*c", "ab", False),
    ],
)
def test_a_star_is_any_text_and_all_else_is_itself(pattern: str, text: str, does: bool) -> None:
    assert fits(pattern, text) is does


def test_a_pattern_of_the_log_is_of_whole_lines() -> None:
    log = ("[x] loaded 2 rows", "done", "  bye")
    assert fits_lines("*loaded * rows", log)
    assert fits_lines("done\nbye", log)
    assert not fits_lines("loaded 2 rows", log)
    assert not fits_lines("one", log)


@settings(deadline=None)
@given(st.text(), st.text())
def test_any_text_is_taken_as_a_pattern(pattern: str, text: str) -> None:
    assert fits(pattern, pattern)
    fits(pattern, text)
    fits_lines(pattern, (text,))
