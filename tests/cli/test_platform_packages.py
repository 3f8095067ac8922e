"""What is told of an Airflow with other packages than a release needs; test_elsewhere.py asks a real one."""

import json
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from folders import Folder

from airside.base.digest import Digest
from airside.base.errors import FindingsError
from airside.cli.platforms_shown import PlatformShown
from airside.planning.platform_packages import PlatformPackages
from airside.release.record import Requirements
from airside.running.packages import Mismatch

Airside = Callable[..., SimpleNamespace]
OURS, THEIRS = Digest.of(b"ours"), Digest.of(b"theirs")


@pytest.fixture
def runs(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> Callable[[PlatformPackages], None]:
    """Let the Airflow of every environment say what it runs."""
    folder.write("requirements.lock", "ours")
    folder.commit()

    def said(packages: PlatformPackages) -> None:
        monkeypatch.setattr("airside.cli.planned._platform", lambda *_: packages)

    return said


def test_a_move_that_airflow_refuses_is_made_and_not_waited_for(
    airside: Airside, runs: Callable[[PlatformPackages], None]
) -> None:
    runs(PlatformPackages(airflow="3.3.2", lock=THEIRS, mismatch="refuse"))
    planned = airside("plan", "preprod")
    assert "Blocked: its Airflow runs other Python packages" in planned.out
    moved = airside("deploy", "preprod", "--yes")
    assert moved.code == 1
    assert "points to release" in moved.err
    assert "Roll out the image" in moved.err
    assert json.loads(airside("history", "preprod", "--json").out)[0]["generation"] == 1
    again = airside("promote", "preprod", "production", "--yes", "--wait", "0")
    assert again.code == 0
    assert "No change: preprod serves this already, and its Airflow runs other" in airside("plan", "preprod").out


@pytest.mark.parametrize(
    ("needed", "running", "mismatch", "line", "finding"),
    [
        (OURS, OURS, "refuse", False, False),
        (OURS, THEIRS, "warn", True, False),
        (OURS, THEIRS, "refuse", False, True),
        (OURS, THEIRS, "ignore", False, False),
        (None, THEIRS, "refuse", False, False),
        (OURS, None, "refuse", False, False),
    ],
)
def test_status_warns_or_finds_as_airflow_does(
    needed: Digest | None, running: Digest | None, mismatch: Mismatch, line: bool, finding: bool
) -> None:
    packages = PlatformPackages(airflow="3.3.2", lock=running, mismatch=mismatch)
    shown = PlatformShown("production", None, packages, None, "R", Requirements(airflow="3.3.2", lock=needed))
    assert (shown.line is not None, shown.finding is not None) == (line, finding)
    assert shown.document()["fits"] is (None if needed is None or running is None else needed == running)
    if finding:
        assert isinstance(shown.finding, FindingsError)
        assert "refuses it" in shown.finding.message


def test_an_airflow_that_does_not_answer_is_told_and_is_no_finding() -> None:
    shown = PlatformShown("production", "https://x", None, "it does not answer", "R", Requirements(airflow="3"))
    assert shown.line == "The Airflow of 'production' was asked what it runs: it does not answer"
    assert shown.finding is None
    assert shown.document()["error"] == "it does not answer"
