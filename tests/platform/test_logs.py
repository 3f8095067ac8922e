from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import cast

import pytest

from airside.platform.logs import fault, follow, log_path, mark_start, tail

Lines = Iterator[tuple[str, str]]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = log_path(tmp_path, "scheduler")
    path.parent.mkdir()
    return path


@pytest.fixture
def opened() -> Iterator[Callable[[Lines], Lines]]:
    """Closes what it is given when the test is over."""
    with ExitStack() as stack:

        def remember(lines: Lines) -> Lines:
            stack.callback(cast("Generator[tuple[str, str]]", lines).close)
            return lines

        yield remember


def take(lines: Iterator[tuple[str, str]], count: int) -> list[str]:
    return [next(lines)[1] for _ in range(count)]


def test_the_last_lines_of_a_log_are_shown(log: Path) -> None:
    assert tail(log, 2) == []
    log.write_bytes(b"one\ntwo\n\xff\n")
    assert tail(log, 2) == ["two", "\N{REPLACEMENT CHARACTER}"]


def test_the_fault_is_the_last_exception(log: Path) -> None:
    log.write_text(
        "ValueError: first\nTraceback:\n  x\n\x1b[31mairflow.exceptions.AirflowException: second\x1b[0m\nbye\n"
    )
    assert fault(log) == "airflow.exceptions.AirflowException: second\nbye"


def test_the_fault_of_an_earlier_start_is_not_shown(log: Path, tmp_path: Path) -> None:
    log.write_text("ValueError: an old one\n")
    mark_start(tmp_path, "scheduler", "now")
    assert fault(log) == "it printed nothing"
    with log.open("a") as file:
        file.write("cannot bind\n")
    assert fault(log) == "cannot bind"


def test_a_log_without_an_exception_shows_its_last_lines(log: Path) -> None:
    log.write_text("".join(f"{number}\n" for number in range(20)))
    assert fault(log).splitlines() == [str(number) for number in range(14, 20)]


def test_new_lines_are_followed_as_they_are_completed(
    log: Path, tmp_path: Path, opened: Callable[[Lines], Lines]
) -> None:
    log.write_text("old\nlast\n")
    lines = opened(follow(tmp_path, ["scheduler", "triggerer"], 1))
    assert take(lines, 1) == ["last"]
    with log.open("a") as file:
        file.write("new\nhal")
        file.flush()
        assert take(lines, 1) == ["new"]
        file.write("f\n")
    log_path(tmp_path, "triggerer").write_text("just born\n")
    assert sorted(take(lines, 2)) == ["half", "just born"]


def test_no_line_is_lost_when_the_log_is_rotated(log: Path, tmp_path: Path, opened: Callable[[Lines], Lines]) -> None:
    log.write_text("one\n")
    lines = opened(follow(tmp_path, ["scheduler"], 1))
    assert take(lines, 1) == ["one"]
    with log.open("a") as file:
        file.write("two\n")
    log.rename(log.with_suffix(".log.1"))
    log.write_text("three, and this one is longer than the file before\n")
    assert take(lines, 2) == ["two", "three, and this one is longer than the file before"]
