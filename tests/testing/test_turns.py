"""Slow tests by turns: none is forgotten, and what is asked for by name runs."""

import shutil
import subprocess
import sys
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
import turns

HERE = Path(__file__).parents[1]
SETTINGS = """\
[pytest]
testpaths = tests
pythonpath = {support}
markers =
  slow: takes long
"""
TESTS = """\
import pytest

def test_fast(): pass

@pytest.mark.slow
@pytest.mark.parametrize("number", range(6))
def test_slow(number): pass
"""
FAST = {"a.py::test_fast", "b.py::test_fast"}
SLOW = {f"{module}.py::test_slow[{number}]" for module in "ab" for number in range(6)}


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    (tmp_path / "tests").mkdir()
    shutil.copy(HERE / "conftest.py", tmp_path / "tests")
    (tmp_path / "pytest.ini").write_text(SETTINGS.format(support=HERE / "support"))
    for module in "ab":
        (tmp_path / "tests" / f"test_{module}.py").write_text(TESTS)
    return tmp_path


def ran(suite: Path, *options: str) -> tuple[set[str], str]:
    """Return the tests that ran, and all that pytest said."""
    command = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", *options]
    done = subprocess.run(command, cwd=suite, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    words = (
        word.rpartition("/test_")[2] for line in done.stdout.splitlines() if "PASSED" in line for word in line.split()
    )
    return {word for word in words if "::" in word}, done.stdout


def test_in_all_turns_each_slow_test_runs_once_and_each_module_has_some_in_most() -> None:
    slow = {name: name for name in (f"{module}::{test}" for module in "abc" for test in range(turns.TURNS))}
    runs = [slow.keys() - turns.left_out(slow, str(turn)) for turn in range(1, turns.TURNS + 1)]
    assert Counter(name for run in runs for name in run) == dict.fromkeys(slow, 1)
    assert all({name[0] for name in run} == set("abc") for run in runs)


def test_a_module_that_goes_together_has_one_turn_and_such_modules_take_turns() -> None:
    modules = "abcdefg"[: turns.TURNS]
    slow = {f"{module}::{test}": module for module in modules for test in range(4)} | {"z::0": "z::0"}
    runs = [slow.keys() - turns.left_out(slow, str(turn)) for turn in range(1, turns.TURNS + 1)]
    assert [{name[0] for name in run} - {"z"} for run in runs] == [{module} for module in modules]
    assert Counter(name for run in runs for name in run) == dict.fromkeys(slow, 1)


def test_each_day_has_the_turn_after_that_of_the_day_before() -> None:
    days = [date(2026, 12, 30) + timedelta(days=day) for day in range(turns.TURNS)]
    assert sorted(turns.of_day(day) for day in days) == [str(turn) for turn in range(1, turns.TURNS + 1)]


def test_a_run_of_everything_has_the_fast_tests_and_one_turn_of_the_slow_ones(suite: Path) -> None:
    chosen, said = ran(suite)
    assert chosen >= FAST
    assert 0 < len(chosen & SLOW) < len(SLOW)
    (turn,) = (
        turn
        for turn in map(str, range(1, turns.TURNS + 1))
        if f"turn {turn} of {turns.TURNS} (again with --slow={turn}," in said
    )
    assert ran(suite, f"--slow={turn}", "-n", "2")[0] == chosen, "it can be had again, with workers too"


def test_all_or_none_of_the_slow_ones_can_be_asked_for(suite: Path) -> None:
    assert ran(suite, "--slow=all")[0] == FAST | SLOW
    assert ran(suite, "--slow=none")[0] == FAST


@pytest.mark.parametrize("named", [["tests/test_a.py"], ["-k", "test_a"]])
def test_who_names_tests_has_the_slow_ones_too(suite: Path, named: list[str]) -> None:
    chosen, said = ran(suite, *named)
    assert chosen == {name for name in FAST | SLOW if name.startswith("a")}
    assert "slow tests: all" in said
