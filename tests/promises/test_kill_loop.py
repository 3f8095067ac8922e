"""R1 and R3 against real kills: processes that work on one store die at random instants."""

import secrets
from pathlib import Path

import pytest

from airside.base.errors import AirsideError, IntegrityError
from airside.base.names import is_channel
from airside.conformance.torture import Ordeal, inspect, torture
from airside.conformance.workload import Place, journal, work


def test_fifty_rounds_of_kills_break_nothing() -> None:
    seed = secrets.token_hex(4)
    try:
        report = torture(Ordeal(rounds=50, seed=seed))
    except AirsideError as error:
        error.add_note(f"seed {seed}")
        raise
    assert report.kills == 100
    assert report.entries > 30, "the processes got to work before they were killed"
    assert {"deploy", "promote", "rollback", "materialise", "verify"} <= report.verbs.keys()


@pytest.fixture
def worked_on(tmp_path: Path) -> Place:
    """A place that one process worked on for some steps."""
    place = Place(str(tmp_path / "store"), {}, tmp_path)
    work(place, "a seed", steps=40)
    assert inspect(place) > 3
    assert any(is_channel(done.environment) for done in journal(place)), "secrets are applied, too"
    return place


@pytest.mark.parametrize("kind", ["packs", "trees", "releases", "history"])
def test_the_loop_notices_an_object_that_is_lost(worked_on: Place, kind: str) -> None:
    for path in (Path(worked_on.url) / kind).rglob("*"):
        if path.is_file():
            path.unlink()
    with pytest.raises(IntegrityError, match="missing"):
        inspect(worked_on)


def test_the_loop_notices_a_move_that_is_lost(worked_on: Place) -> None:
    assert journal(worked_on)
    with worked_on.journal.open("a") as file:
        file.write('{"verb": "deploy", "environment": "production", "generation": 1, "op_id": "other"}\n')
    with pytest.raises(IntegrityError, match="A deploy of production was lost"):
        inspect(worked_on)
