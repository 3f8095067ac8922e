import pytest

from dags.depends_on_past import load, off, on


def test_the_first_attempt_at_the_first_day_fails_and_the_second_succeeds():
    with pytest.raises(ValueError, match="have not arrived"):
        load("2026-01-01", "1")
    assert load("2026-01-01", "2") == "loaded 2026-01-01"


def test_the_other_days_succeed_at_once():
    assert load("2026-01-02", "1") == "loaded 2026-01-02"


def test_the_workflows_differ_in_one_option():
    assert on.get_task("load").depends_on_past is True
    assert off.get_task("load").depends_on_past is False
    assert on.catchup is off.catchup is True
