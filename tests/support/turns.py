"""Slow tests by turns: a run of all tests takes a fifth of them, another fifth each day.

Who names files, or picks tests by words, means the slow ones too.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest

TURNS = 5
ALL, NONE = "all", "none"
CHOICES = (ALL, NONE, "turn", *(str(turn) for turn in range(1, TURNS + 1)))


def of_day(day: date) -> str:
    """Return the turn that a day has."""
    return str(day.toordinal() % TURNS + 1)


def chosen(config: pytest.Config) -> str:
    """Return `all`, `none`, or the number of the turn that this run takes."""
    is_everything = config.args_source is config.ArgsSource.TESTPATHS and not config.option.keyword
    choice: str = config.option.slow or ("turn" if is_everything else ALL)
    return of_day(datetime.now(UTC).date()) if choice == "turn" else choice


def unit(item: pytest.Item, mark: pytest.Mark) -> str:
    """Return what has a turn of its own: the test, or its module where all of it is `slow(together=True)`.

    What such a module begins with, an Airflow of its own, takes longer than one of its tests.
    """
    return item.nodeid.partition("::")[0] if mark.kwargs.get("together") else item.nodeid


def left_out(slow: Mapping[str, str], choice: str) -> set[str]:
    """Return the names of those slow tests that do not run.

    Args:
        slow: For each slow test its unit, which has a turn of its own. Units that are tests alternate, so that in each
            turn some of every module run.
        choice: As `chosen` returns it.
    """
    if choice in {ALL, NONE}:
        return set(slow) if choice == NONE else set()
    units = sorted(set(slow.values()), key=lambda name: ("::" in name, name))
    others = {name for place, name in enumerate(units) if place % TURNS != int(choice) - 1}
    return {test for test, name in slow.items() if name in others}


def header(choice: str) -> str:
    """Return the line that says which of the slow tests run, and how to have the same again."""
    if choice in {ALL, NONE}:
        return f"slow tests: {choice}"
    return f"slow tests: turn {choice} of {TURNS} (again with --slow={choice}, all with --slow=all)"
