import re
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airside.testing.expecting.checks import parse_check
from airside.testing.expecting.columns import family, type_faults, types_of
from airside.testing.expecting.equality import Cell
from airside.testing.expecting.rows import Row, all_rows, some_rows

DAYS: list[Row] = [
    {"day": date(2026, 1, 2), "n": 2, "at": 1},
    {"day": date(2026, 1, 3), "n": 5, "at": 2},
    {"day": date(2026, 1, 4), "n": None, "at": 3},
]


def _holds(check: str, rows: list[Row] = DAYS) -> bool:
    return not list(parse_check(check).failures(rows, "checks"))


def test_rows_are_compared_in_any_order_and_in_the_columns_that_are_named() -> None:
    expected: list[Row] = [
        {"day": "2026-01-04", "n": None},
        {"day": "2026-01-02", "n": 2},
        {"day": "2026-01-03", "n": 5},
    ]
    assert not list(all_rows(expected, DAYS, "rows", in_order=False))
    assert list(all_rows(expected, DAYS, "rows", in_order=True))


def test_a_row_that_differs_stands_beside_the_one_that_came() -> None:
    expected = [{"day": "2026-01-02", "n": 3}, {"day": "2026-01-09", "n": 8}, {"day": "2026-01-03", "n": 5}]
    (found,) = all_rows(expected, DAYS, "tables.dwh.days.rows", in_order=False)
    assert found.path == "tables.dwh.days.rows"
    assert (str(found.expected), found.came.partition(",")[0]) == ("3 rows", "3 rows")
    assert [line.split() for line in found.table] == [
        ["day", "n"],
        ["differs", "2026-01-02", "3", "≠", "2"],
        ["missing", "2026-01-09", "8"],
        ["extra", "2026-01-04", "NULL"],
    ]


def test_a_column_that_is_not_there_is_named_with_the_nearest() -> None:
    (found,) = all_rows([{"dai": "2026-01-02"}], DAYS, "rows", in_order=False)
    assert "a column dai" in found.expected
    assert "did you mean 'day'?" in found.came


def test_rows_that_are_equal_are_as_often_there_as_expected() -> None:
    came = [{"n": 1}, {"n": 1}, {"n": 2}]
    assert not list(all_rows([{"n": 1}, {"n": 2}, {"n": 1}], came, "rows", in_order=False))
    assert list(all_rows([{"n": 1}, {"n": 2}], came, "rows", in_order=False))
    assert not list(some_rows([{"n": 1}, {"n": 1}], came, "has_rows"))
    assert list(some_rows([{"n": 2}, {"n": 2}], came, "has_rows"))


def test_no_rows_are_expected_and_some_came() -> None:
    (found,) = all_rows([], DAYS, "rows", in_order=False)
    assert found.came == "3 rows, of which 3 were not expected"


def test_ten_thousand_rows_are_compared_at_once() -> None:
    rows = [{"id": number, "name": f"n{number}"} for number in range(10_000)]
    assert not list(all_rows(rows, list(reversed(rows)), "rows", in_order=False))
    (found,) = all_rows(rows, [*rows[:-1], {"id": 9_999, "name": "x"}], "rows", in_order=False)
    assert len(found.table) == 2


@settings(deadline=None)
@given(st.lists(st.fixed_dictionaries({"a": st.integers(0, 3), "b": st.none() | st.text(max_size=2)})), st.randoms())
def test_rows_are_the_same_rows_however_they_are_mixed(rows: list[Row], chance: Random) -> None:
    mixed = list(rows)
    chance.shuffle(mixed)
    assert not list(all_rows(rows, mixed, "rows", in_order=False))
    if rows:
        assert list(all_rows(rows, mixed[1:], "rows", in_order=False))


@pytest.mark.parametrize(
    "check",
    [
        "row_count = 3",
        "row_count between 1 and 3",
        "row_count not between 4 and 10",
        "missing_count(n) = 1",
        "missing_percent(n) < 34",
        "duplicate_count(day) = 0",
        "duplicate_count(day, n) = 0",
        "distinct_count(n) = 2",
        "min(n) >= 2",
        "max( n ) <= 5.0",
        "sum(n) = 7",
        "avg(n) = 3.5",
        "min(day) >= 2026-01-02",
        "max(day) between 2026-01-02 and 2026-01-04",
        "min(day) != 2026-01-03",
        "ROW_COUNT > 0",
    ],
)
def test_a_check_that_is_true_says_nothing(check: str) -> None:
    assert _holds(check)


def test_a_check_that_is_not_true_says_what_was_measured() -> None:
    (found,) = parse_check("missing_count(n) = 0").failures(DAYS, "checks")
    assert (found.expected, found.came) == ("missing_count(n) = 0", "1")


def test_rows_with_null_are_no_duplicates() -> None:
    rows: list[Row] = [{"a": None, "b": 1}, {"a": None, "b": 1}, {"a": 1, "b": 1}]
    assert _holds("duplicate_count(a) = 0", rows)
    assert _holds("duplicate_count(b) = 2", rows)


def test_checks_of_texts_and_of_cells() -> None:
    rows: list[Row] = [{"name": "Ann", "n": Cell("10")}, {"name": "Bo", "n": Cell("9")}]
    assert _holds("min_length(name) = 2", rows)
    assert _holds("max(name) = 'Bo'", rows)
    assert _holds("max(n) = 10", rows)
    assert _holds("sum(n) = 19", rows)


@pytest.mark.parametrize("check", ["min(n) = 0", "sum(n) = 0", "avg(n) = 0"])
def test_a_measure_of_no_values_fails(check: str) -> None:
    assert not _holds(check, [{"n": None}])
    assert not _holds(check, [])


@pytest.mark.parametrize("check", ["max(day) > 3", "sum(day) = 0", "min_length(n) = 1", "max(mixed) = 1"])
def test_what_cannot_be_measured_so_is_told(check: str) -> None:
    rows: list[Row] = [{"day": date(2026, 1, 2), "n": 3, "mixed": 1}, {"day": None, "n": 3, "mixed": "x"}]
    (found,) = parse_check(check).failures(rows, "checks")
    assert "cannot be measured so" in found.came


def test_a_check_of_a_column_that_is_not_there_is_no_success() -> None:
    (found,) = parse_check("missing_count(m) = 0").failures(DAYS, "checks")
    assert "columns day, n, at" in found.came


@pytest.mark.parametrize(
    ("check", "words"),
    [
        ("row_count", "is not understood"),
        ("row_cuont = 1", "did you mean 'row_count'?"),
        ("row_count(n) = 1", "of no column"),
        ("min = 1", "min needs a column"),
        ("min(a, b) = 1", "of one column"),
        ("min(a) = b", "a text is in quotes: 'b'"),
        ("row_count = 1e9999", "no number"),
        ("row_count = NaN", "no number"),
        ("", "is not understood"),
    ],
)
def test_what_is_no_check_is_refused(check: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)):
        parse_check(check)


@settings(deadline=None)
@given(st.text() | st.from_regex(r"\w+\(\w*\) (=|<|between) .*", fullmatch=True))
def test_any_text_is_a_check_or_refused(text: str) -> None:
    try:
        check = parse_check(text)
    except ValueError:
        return
    list(check.failures(DAYS, "checks"))


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("BIGINT", "integer"),
        ("int4", "integer"),
        ("numeric(10,2)", "number"),
        ("double precision", "number"),
        ("character varying(20)", "text"),
        ("VARCHAR", "text"),
        ("timestamp with time zone", "timestamp"),
        ("timestamptz", "timestamp"),
        ("time without time zone", "time"),
        ("DATE", "date"),
        ("jsonb", "json"),
        ("integer[]", "json"),
        ("bytea", "bytes"),
        ("bool", "boolean"),
        ("interval", "interval"),
        ("uuid", "uuid"),
    ],
)
def test_types_have_one_word_in_all_databases(name: str, word: str) -> None:
    assert family(name) == word


def test_a_type_that_is_another_is_told_with_the_databases_own_word() -> None:
    types = {"n": "bigint", "day": "timestamp"}
    found = list(type_faults({"n": "number", "day": "date", "dai": "any"}, types, "columns"))
    assert [(each.path, str(each.came)) for each in found] == [
        ("columns.day", "timestamp"),
        ("columns.dai", "columns n, day; did you mean 'day'?"),
    ]


def test_the_types_of_a_file_are_those_of_its_values() -> None:
    rows: list[Row] = [{"a": Cell("1"), "b": Cell("x"), "c": None}, {"a": Cell("2.5"), "b": Cell("7"), "c": None}]
    assert types_of(rows) == {"a": "number", "b": "integer or text", "c": "any"}
    assert not list(type_faults({"c": "date"}, types_of(rows), "columns"))
