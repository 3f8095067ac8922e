"""R7: of many moves that were decided on the same state exactly one wins; the others change nothing and name it."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
import seaweed

from airside.conformance.race import Course, race
from airside.delivery.environments import read_history
from airside.store.opening import open_store


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[seaweed.Server]:
    with seaweed.serve(tmp_path_factory.mktemp("seaweed")) as server:
        yield server


@pytest.fixture(params=["folder", pytest.param("s3", marks=pytest.mark.objectstore)])
def course(request: pytest.FixtureRequest, tmp_path: Path) -> Course:
    if request.param == "folder":
        return Course(str(tmp_path / "store"))
    server: seaweed.Server = request.getfixturevalue("s3")
    return Course(server.url(f"race/{secrets.token_hex(8)}"), server.options, rounds=8)


def test_of_many_processes_that_move_at_once_exactly_one_wins_and_the_others_name_it(course: Course) -> None:
    rounds = race(course)
    newest_first = read_history(open_store(course.url, course.options), course.environment)
    moved = [entry.pointer.actor for entry in newest_first][::-1]
    assert len(moved) == course.rounds == len(rounds)
    for winner, finishes in zip(moved, rounds, strict=True):
        assert [finish.actor for finish in finishes if finish.error is None] == [winner]
        for loser in finishes:
            assert loser.error in {None, "LostRaceError"}
            assert loser.error is None or loser.message.startswith(f"{winner} moved 'production' first")
