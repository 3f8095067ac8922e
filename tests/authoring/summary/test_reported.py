import json
import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airside.authoring.summary.reported import Report, parsed, reported, total

ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.decimals() | st.binary()
FIGURES = st.dictionaries(st.text(max_size=20) | st.sampled_from(["rows", "bytes", "files", "score"]), ANYTHING)
SOUND = st.dictionaries(st.sampled_from(["rows", "a", "b"]), st.integers(0, 2**40), max_size=3)


def report(figures: dict[str, Any]) -> Report:
    found, faults = reported(figures)
    assert not faults
    return found


@given(FIGURES, st.lists(ANYTHING | st.just("https://example.org/a?b=1")))
def test_whatever_is_given_what_comes_of_it_is_json_and_read_again_as_it_was(
    figures: dict[str, object], urls: list[object]
) -> None:
    found, _ = reported(figures, urls=urls, charts=urls)
    text = json.dumps(found.document(), allow_nan=False)
    assert parsed(json.loads(text)) == found


@given(FIGURES)
def test_each_figure_is_reported_or_has_a_fault(figures: dict[str, object]) -> None:
    found, faults = reported(figures)
    assert len(found.figures) + len(faults) == len(figures)


@given(st.lists(SOUND, max_size=5))
def test_several_reports_add_up_to_one(parts: list[dict[str, int]]) -> None:
    whole = total(report(part) for part in parts)
    for name in {name for part in parts for name in part}:
        assert whole.figures[name] == sum(part.get(name, 0) for part in parts)


@pytest.mark.parametrize(
    ("figures", "words"),
    [
        ({"rows": "3"}, "`rows` is a str, which is no number"),
        ({"rows": True}, "`rows` is True, which is no number"),
        ({"rows": -1}, "`rows` is -1, which is less than nothing"),
        ({"score": math.nan}, "not finite"),
        ({"score": math.inf}, "not finite"),
        ({"score": 2**63}, "too large"),
        ({"score": Decimal("1e400")}, "too large"),
        ({"a b": 1}, "is no name"),
        ({"score": 10**5000}, "too large"),
        ({f"a{number}": 1 for number in range(51)}, "51 figures are more than 50"),
    ],
)
def test_what_is_no_figure_is_named(figures: dict[str, object], words: str) -> None:
    _, faults = reported(figures)
    assert len(faults) == 1
    assert words in faults[0]


def test_a_fault_does_not_tell_a_value_that_may_be_a_secret() -> None:
    _, faults = reported({"rows": "hunter2"}, urls=["hunter2"])
    assert len(faults) == 2
    assert "hunter2" not in " ".join(faults)


def test_numbers_of_databases_are_numbers() -> None:
    assert report({"a": Decimal("2.5"), "b": Decimal(3)}).figures == {"a": 2.5, "b": 3.0}


def test_sums_stay_numbers_that_json_has() -> None:
    largest = report({"a": 2**63 - 1, "b": 1.7e308})
    assert (largest + largest).figures == largest.figures


def test_an_address_is_there_once_and_at_most_twenty_are() -> None:
    some = Report(urls=tuple(f"https://example.org/{number}" for number in range(15)))
    more = Report(urls=tuple(f"https://example.org/{number}" for number in range(10, 30)))
    assert (some + more).urls == tuple(f"https://example.org/{number}" for number in range(20))


@pytest.mark.parametrize("document", [None, 3, [], {"figures": {"rows": "3"}}, {"rows": 3}, {"urls": "x"}])
def test_an_xcom_that_is_no_report_is_none(document: object) -> None:
    assert parsed(document) is None


def test_an_xcom_that_somebody_else_wrote_is_cleaned_too() -> None:
    found = parsed({"figures": {"rows": -1, "a": 1}, "urls": ["https://u:p@example.org/?sig=x"]})
    assert found == Report(figures={"a": 1}, urls=("https://example.org/",))
