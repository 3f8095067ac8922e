"""What `plan` finds out around the two releases: from Airflow, and from what the store has of them."""

from collections.abc import Callable
from threading import Event
from types import SimpleNamespace

import pytest
from folders import Folder

from airside.base.errors import PlatformError
from airside.cli.context import Context
from airside.cli.drafted import drafted
from airside.cli.foreseen import foreseen
from airside.cli.output import Output
from airside.inspection.facts import DueQuestion, DueRequest
from airside.release.description import Description

Airside = Callable[..., SimpleNamespace]
ASKED = DueRequest(limit=10, questions=(DueQuestion(workflow="orders", timetable=None),))


def context(folder: Folder) -> Context:
    return Context(folder.root, Output(quiet=True), assume_yes=True)


def test_an_airflow_that_hangs_is_not_waited_for(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    done = Event()
    reader = SimpleNamespace(read=lambda _scope: done.wait())
    monkeypatch.setattr("airside.cli.foreseen.live_reader", lambda *_: reader)
    monkeypatch.setattr("airside.cli.foreseen._PATIENCE", 0.05)
    said = foreseen(context(folder), "preprod", None, Description())
    done.set()
    assert not said.reachable
    assert "does not answer within" in said.reason


def test_what_airflow_refuses_is_told(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_scope: object) -> None:
        raise PlatformError("Airflow says 401")

    monkeypatch.setattr("airside.cli.foreseen.live_reader", lambda *_: SimpleNamespace(read=refuse))
    assert foreseen(context(folder), "preprod", None, Description()).reason == "Airflow says 401"


def test_the_python_that_has_checked_counts_runs_too(folder: Folder) -> None:
    with drafted(context(folder), "preprod", allow_dirty=False) as draft:
        assert draft.count(ASKED).keys() == {"orders"}
    with pytest.raises(PlatformError):
        draft.count(ASKED)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["missing", "damaged"])
def test_a_description_that_is_lost_is_told_and_stops_no_rollback(airside: Airside, folder: Folder, kind: str) -> None:
    assert airside("deploy", "preprod", "--yes").code == 0
    folder.write("dags/orders.py", (folder.root / "dags/orders.py").read_text().replace("[1, 2]", "[1, 2, 3]"))
    folder.commit()
    assert airside("deploy", "preprod", "--yes").code == 0
    for path in (folder.root / ".store/descriptions").rglob("*"):
        if path.is_file():
            path.chmod(0o644)
            if kind == "missing":
                path.unlink()
            else:
                path.write_bytes(b"no description")
    folder.write("lib/more.py", "")
    folder.commit()
    planned = airside("plan", "preprod")
    assert planned.code == 0, planned.err
    assert "The plan cannot tell what is in release" in planned.err
    assert "Only ids and files are compared" in planned.out
    back = airside("rollback", "preprod", "--yes")
    assert back.code == 0, back.err
    assert "is at generation 3" in back.out + back.err
