from pathlib import Path
from typing import Any

import pytest
from standing_in import Start

from airside.base.errors import UsageError
from airside.testing import postgres, s3, smtp
from airside.testing.standins import KINDS, from_mapping, requirements
from airside.testing.standins.requirements import part


@pytest.mark.parametrize(
    ("kind", "given", "message"),
    [
        ("oracle", {}, "There is no stand-in 'oracle'"),
        ("s3", {"bucket": 1}, "The stand-in s3 has no option 'bucket'"),
        ("s3", {"buckets": 1}, r"The stand-in s3 cannot be read: Expected `array`, got `int` - at `\$.buckets`"),
        ("s3", {"folder": "/"}, "The stand-in s3 has no option 'folder'"),
        ("s3", {"extra": 1}, r"Expected `object`, got `int` - at `\$.extra`"),
        ("postgres", {"tables": {"t": {"cvs": "x"}}}, "unknown field `cvs`"),
        ("slack", {"api": "app"}, "Invalid enum value 'app'"),
    ],
)
def test_an_option_that_is_not_understood_is_named(kind: str, given: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        from_mapping(kind, given, Path())


def test_each_kind_is_made_without_options() -> None:
    assert [type(from_mapping(kind, {}, Path())).__name__ for kind in KINDS] == [
        each.__name__ for each in KINDS.values()
    ]


def test_python_and_yaml_give_the_same() -> None:
    given: dict[str, Any] = {"tables": {"t": [{"n": 1}], "u": {"csv": "u.csv", "types": {"a": "int"}}}}
    assert str(postgres(**given)).replace("folder=None", "") == str(
        from_mapping("postgres", given, Path("/f"))
    ).replace("folder='/f'", "")


def test_one_bucket_or_recipient_needs_no_list() -> None:
    assert s3(buckets="lake") == s3(buckets=["lake"])
    assert smtp(refuse="ada@example.org") == smtp(refuse=["ada@example.org"])


def test_a_missing_package_is_named_with_the_line_to_add(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requirements, "find_spec", lambda name: None if name == "duckdb" else object())
    with pytest.raises(UsageError, match="The stand-in duckdb needs duckdb, which Python does not find here") as raised:
        part("airside.testing.standins.databases.duckdb_file", "duckdb", {"duckdb": "duckdb", "pytz": "pytz"})
    assert raised.value.hint == "Add the line `airside[test]`, or `duckdb`, to the requirements of the workflows."


@pytest.mark.parametrize("kind", ["sqlite", "files", "slack", "smtp", "http"])
def test_the_extra_of_the_test_is_in_the_connection(kind: str, start: Start) -> None:
    plain = start(from_mapping(kind, {}, Path())).reached.connection
    more = start(from_mapping(kind, {"extra": {"timeout": 3}}, Path())).reached.connection
    assert more["extra"] == {**plain.get("extra", {}), "timeout": 3} | {
        k: more["extra"][k] for k in plain.get("extra", {})
    }
    assert more["conn_type"] == plain["conn_type"]
