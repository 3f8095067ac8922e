import json
import subprocess
import sys
from pathlib import Path

import pytest

from airside.base.children import inherited
from airside.base.errors import FindingsError, RefusedError
from airside.cli.demo.remains import MARK, clear, mark
from airside.cli.demo.stage import Stage, expect
from airside.cli.demo.verify_rows import count, same
from airside.cli.output import Output


@pytest.mark.platform
@pytest.mark.slow
def test_the_demonstration_verifies_every_step_and_leaves_nothing_but_an_environment(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    command = [sys.executable, "-m", "airside", "demo", str(folder), "--port", "28800", "--json"]
    done = subprocess.run(command, env=inherited(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    steps = json.loads(done.stdout)["steps"]
    assert len(steps) == 7
    assert "16 rows in carrier_delays and 104 rows in airport_delays are right" in steps[4]["seen"]
    assert [path.name for path in folder.iterdir()] == [".airside"]


def test_a_folder_that_no_demonstration_made_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(RefusedError, match="is not a demonstration"):
        clear(tmp_path)
    assert (tmp_path / "thesis.tex").exists()


def test_a_former_demonstration_is_removed_but_for_its_environment(tmp_path: Path) -> None:
    mark(tmp_path)
    for path in ("dags/a.py", ".git/HEAD", ".airside/env/bin/python", ".airside/airflow/airflow.cfg"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    clear(tmp_path)
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert left == {MARK.as_posix(), ".airside/env/bin/python"}


def test_a_step_that_fails_names_the_command_and_what_it_said(tmp_path: Path) -> None:
    stage = Stage(tmp_path, Output(quiet=True), inherited())
    with pytest.raises(FindingsError, match=r"`airside history production` failed \(2\): There is no airside.toml"):
        stage.airside("history", "production")
    with pytest.raises(FindingsError, match="`git log` failed"):
        stage.run(["git", "log"])


def test_a_claim_that_does_not_hold_ends_the_demonstration() -> None:
    expect("one is one", holds=True)
    with pytest.raises(FindingsError, match="expected that one is two"):
        expect("one is two", holds=False)


@pytest.mark.parametrize(
    ("found", "right"),
    [
        ({"AA": (2, 1, 10.0)}, True),
        ({"AA": (2, 1, 10.04)}, True),
        ({"AA": (2, 1, 10.1)}, False),
        ({"AA": (2, 2, 10.0)}, False),
        ({"AA": (3, 1, 10.0)}, False),
        ({}, False),
        ({"AA": (2, 1, 10.0), "UA": (1, 1, 1.0)}, False),
    ],
)
def test_rows_are_right_only_if_every_one_is(found: dict[str, tuple[int, int, float]], right: bool) -> None:
    flights = [{"carrier": "AA", "arr_delay": "30"}, {"carrier": "AA", "arr_delay": "-10"}]
    assert same(count(flights, "carrier", 15), found) is right
