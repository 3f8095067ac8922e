from pathlib import Path

import pytest
from standing_in import Write

from airside.base.errors import UsageError
from airside.testing.standins.tables.kinds import Kind
from airside.testing.standins.tables.reading import rows_in, sheets


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["1", "-2", "+3"], Kind.INTEGER),
        (["1", "2.5"], Kind.FLOAT),
        (["1e3", ".5"], Kind.FLOAT),
        (["9223372036854775807"], Kind.INTEGER),
        (["9223372036854775808"], Kind.DECIMAL),
        (["1", "99999999999999999999"], Kind.DECIMAL),
        (["true", "FALSE", "True"], Kind.BOOLEAN),
        (["2026-01-02"], Kind.DATE),
        (["2026-02-30"], Kind.TEXT),
        (["2026-01-02", "2026-01-02 10:00"], Kind.TIMESTAMP),
        (["2026-01-02T10:00:00.123456"], Kind.TIMESTAMP),
        (["2026-01-02T10:00:00Z", "2026-01-02 10:00:00+02:00"], Kind.MOMENT),
        (["", "7", ""], Kind.INTEGER),
        (["", ""], Kind.TEXT),
        (["0012"], Kind.TEXT),
        (["1", "x"], Kind.TEXT),
        (["true", "1"], Kind.TEXT),
        (["nan"], Kind.TEXT),
    ],
)
def test_the_type_of_a_column_is_inferred_from_all_its_values(cells: list[str], kind: Kind) -> None:
    rows = rows_in("t.csv", ("a,b\n" + "".join(f"{cell},x\n" for cell in cells)).encode())
    assert rows.kinds["a"] is kind


def test_an_empty_value_is_null_and_a_quoted_one_keeps_commas_quotes_and_lines() -> None:
    rows = rows_in("t.csv", b'\xef\xbb\xbfa, b\n,"x, ""y""\nz"\n\n2,\n')
    assert rows.columns == ("a", "b")
    assert list(rows.cells) == [(None, 'x, "y"\nz'), ("2", None)]
    assert list(rows.places) == ["t.csv:2", "t.csv:5"]


def test_tabs_separate_the_values_of_a_tsv() -> None:
    assert list(rows_in("t.tsv", b"a\tb\n1,5\t2\n").cells) == [("1,5", "2")]


def test_json_keeps_its_types_and_its_dates_are_dates() -> None:
    rows = rows_in("t.json", b'[{"n": 1, "d": "2026-01-02", "s": "7", "x": {"y": []}}, {"n": null, "t": "later"}]')
    assert dict(rows.kinds) == {
        "n": Kind.INTEGER,
        "d": Kind.DATE,
        "s": Kind.TEXT,
        "x": Kind.JSON,
        "t": Kind.TEXT,
    }
    assert rows.cells[1] == (None, None, None, None, "later")


def test_one_object_a_line_is_a_table_too() -> None:
    rows = rows_in("t.jsonl", b'{"n": 1}\n\n{"n": 2.5}\n')
    assert (list(rows.cells), list(rows.places), rows.kinds["n"]) == (
        [(1,), (2.5,)],
        ["t.jsonl:1", "t.jsonl:3"],
        Kind.FLOAT,
    )


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.csv", "a,b\n1,2\n1,2,3\n", r"^t.csv:3 has 3 values for 2 columns \(a, b\)$"),
        ("t.csv", "a,b\n1\n", r"^t.csv:2 has 1 values for 2 columns"),
        ("t.csv", "", r"^t.csv is empty$"),
        ("t.csv", "a,a\n1,2\n", r"^t.csv:1: each column needs a name of its own"),
        ("t.csv", "a,\n1,2\n", r"^t.csv:1: each column needs a name of its own"),
        ("t.csv", 'a,b\n1,"2"3\n', r"^t.csv:2 is no CSV: "),
        ("t.json", '{"a": 1}', r"^t.json is no list of rows, but an object$"),
        ("t.json", "3", r"^t.json is no list of rows, but a number$"),
        ("t.json", '[{"a": 1}, 7]', r"^t.json, row 2 is no object, but a number$"),
        ("t.json", '[\n{"a": 1},,]', r"^t.json:2 is no JSON: "),
        ("t.jsonl", '{"a": 1}\n{"a"', r"^t.jsonl:2 is no JSON: "),
        ("t.jsonl", '{"a": 1}\n[]', r"^t.jsonl:2 is no object, but a list$"),
        ("t.xlsx", "x", r"^t.xlsx is no table$"),
    ],
)
def test_what_is_no_table_is_refused_with_its_line(name: str, content: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        rows_in(name, content.encode())


def test_a_file_in_another_encoding_is_refused_with_its_line() -> None:
    with pytest.raises(UsageError, match=r"^t.csv:3 is not written in UTF-8"):
        rows_in("t.csv", "a\nx\nM\xfcller\n".encode("latin-1"))


@pytest.mark.parametrize("path", ["none.csv", ".", "\0.csv"])
def test_a_file_that_cannot_be_read_is_named_with_its_table(folder: Path, path: str) -> None:
    with pytest.raises(UsageError, match=r"for the table orders (cannot be read|is no path)"):
        sheets({"orders": path}, {}, folder)


def test_a_type_for_what_is_not_there_is_refused(write: Write) -> None:
    folder = write({"t.csv": "a\n1\n"})
    with pytest.raises(UsageError, match="The table t has no column 'b', whose type is given"):
        sheets({"t": "t.csv"}, {"t": {"b": "int"}}, folder)
    with pytest.raises(UsageError, match="There is no table 'u', whose types are given"):
        sheets({"t": "t.csv"}, {"u": {"b": "int"}}, folder)


def test_a_table_without_rows_and_columns_is_refused(folder: Path) -> None:
    with pytest.raises(UsageError, match="The table t has neither rows nor a schema"):
        sheets({"t": []}, {}, folder)
