"""What is on disk is never mistaken for what was rendered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airside.base.digest import Digest
from airside.base.errors import UsageError
from airside.render.drift import Difference, FoundFile, State, decode_record, differences, encode_record
from airside.render.rendered import RenderedFile

FILE = RenderedFile("compose.yaml", "services: {}\n")
OUTSIDE = b'{"files": {"../../x": "%s"}}' % str(FILE.digest).encode()
PATHS = st.lists(st.text("aü@-0", min_size=1), min_size=1).map("/".join)
SCRIPT = RenderedFile("bin/deploy.sh", "#!/bin/sh\n", executable=True)


def state_of(file: RenderedFile, found: FoundFile | None, recorded: bytes | None) -> State:
    on_disk = {} if found is None else {file.path: found}
    record = {} if recorded is None else {file.path: Digest.of(recorded)}
    [only] = differences([file], on_disk, record)
    return only.state


def test_a_file_that_is_not_there_is_missing() -> None:
    assert state_of(FILE, None, FILE.data) is State.MISSING


def test_a_file_that_is_as_it_should_be_is_the_same_whoever_wrote_it() -> None:
    assert state_of(FILE, FoundFile(FILE.data), None) is State.SAME


def test_a_file_as_it_was_rendered_once_is_outdated() -> None:
    assert state_of(FILE, FoundFile(b"old\n"), b"old\n") is State.OUTDATED


def test_a_file_that_was_changed_since_it_was_rendered_is_edited() -> None:
    assert state_of(FILE, FoundFile(b"mine\n"), b"old\n") is State.EDITED


def test_a_file_that_was_never_rendered_is_foreign() -> None:
    assert state_of(FILE, FoundFile(b"mine\n"), None) is State.FOREIGN


def test_a_program_that_cannot_be_run_is_outdated() -> None:
    assert state_of(SCRIPT, FoundFile(SCRIPT.data), SCRIPT.data) is State.OUTDATED


def test_what_is_no_longer_rendered_is_left_over_unless_it_was_edited() -> None:
    record = {"old.yaml": Digest.of(b"old\n"), "mine.yaml": Digest.of(b"old\n"), "gone.yaml": Digest.of(b"old\n")}
    found = {"old.yaml": FoundFile(b"old\n"), "mine.yaml": FoundFile(b"mine\n")}
    assert differences([], found, record) == (Difference("old.yaml", State.LEFT_OVER),)


@given(st.dictionaries(PATHS, st.text()))
def test_a_record_is_read_as_it_was_written(texts: dict[str, str]) -> None:
    files = [RenderedFile(path, text) for path, text in texts.items()]
    assert decode_record(encode_record(files), "record") == {file.path: file.digest for file in files}


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"files": {"a": "b"}}', b"\xff", OUTSIDE])
def test_a_broken_record_is_refused_with_a_way_out(data: bytes) -> None:
    with pytest.raises(UsageError, match=r"deploy/\.rendered\.json") as refused:
        decode_record(data, "deploy/.rendered.json")
    assert "--force" in (refused.value.hint or "")
