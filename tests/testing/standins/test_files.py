from typing import Any

import pytest
from standing_in import Start, Write

from airside.base.errors import UsageError
from airside.testing import files


def test_files_are_there_and_what_a_workflow_writes_is_read(start: Start, write: Write) -> None:
    folder = write({"a.csv": "x\n"})
    running = start(
        files({"in/a.csv": folder / "a.csv", "in/b": b"\0", "c.json": {"json": {"n": 1}}, "d": {"text": "é"}})
    )
    assert running.files() == {"c.json": b'{"n": 1}', "d": "é".encode(), "in/a.csv": b"x\n", "in/b": b"\0"}
    (running.path / "out").mkdir()
    (running.path / "out" / "x.csv").write_text("1")
    assert running.files("out/*.csv") == {"out/x.csv": b"1"}
    assert running.reached.connection == {"conn_type": "fs", "extra": {"path": str(running.path)}}


def test_a_folder_is_copied(start: Start, write: Write) -> None:
    folder = write({"a.csv": "x\n"})
    running = start(files({"b": {"text": "y"}}, copy=folder))
    assert running.files() == {"a.csv": b"x\n", "b": b"y"}
    (running.path / "a.csv").write_text("changed")
    assert (folder / "a.csv").read_text() == "x\n"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"contents": {"../x": {"text": ""}}}, "'../x' is no path of a file in a folder"),
        ({"contents": {"/x": {"text": ""}}}, "'/x' is no path of a file in a folder"),
        ({"contents": {"x": "none.csv"}}, "The file 'none.csv' for x of dwh cannot be read"),
        ({"contents": {"x": {"text": "", "json": 1}}}, "The content of x of dwh is one of text, json, base64 and path"),
        ({"contents": {"x": {"text": ""}, "x/y": {"text": ""}}}, "The file 'x/y' cannot be written"),
        ({"copy": "none"}, "There is no folder 'none' to copy"),
    ],
)
def test_what_cannot_be_read_is_refused(start: Start, given: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        start(files(**given))
