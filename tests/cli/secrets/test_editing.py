import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from secret_place import Place

SECRET = "hunter2-in-the-clear"
DOCUMENT = f"""\
# of all
variables:
    # why
    token: {SECRET}
    other: x
"""


def test_what_is_saved_is_encrypted_with_its_comments(place: Place) -> None:
    place.filled(DOCUMENT)
    assert SECRET not in place.document().read_text()
    assert place.text() == DOCUMENT


def test_the_editor_sees_a_private_file_in_memory(place: Place, tmp_path: Path) -> None:
    place.filled(DOCUMENT)
    place.edits_with(f'stat -c %a "$1" "$(dirname "$1")" > "{tmp_path}/seen"; echo "$1" >> "{tmp_path}/seen"')
    assert place("edit", "dev").code == 0
    mode, folder_mode, path = (tmp_path / "seen").read_text().splitlines()
    assert (mode, folder_mode) == ("600", "700")
    assert path.startswith(str(tmp_path / "memory"))
    assert path.endswith("/dev.yaml")


def test_an_editor_that_changes_nothing_changes_no_byte(place: Place) -> None:
    place.filled(DOCUMENT)
    before = place.document().read_bytes()
    place.patch.setenv("EDITOR", "true")
    said = place("edit", "dev")
    assert "Nothing changed" in said.out
    assert place.document().read_bytes() == before


def test_a_new_document_that_nobody_changed_is_not_kept(place: Place) -> None:
    place.patch.setenv("EDITOR", "true")
    assert "Nothing was saved" in place("edit", "dev").out
    assert not place.document().exists()


def test_the_example_that_the_editor_shows_is_not_kept(place: Place, tmp_path: Path) -> None:
    place.edits_with(f'cat "$1" > "{tmp_path}/seen"; echo "# mine" >> "$1"')
    assert place("edit", "dev").code == 0
    assert "warehouse" in (tmp_path / "seen").read_text()
    assert "warehouse" not in place.text()
    assert "# mine" in place.text()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"variables: [{SECRET}]", "variables"),
        (f"variables: {{x: '{SECRET}", "YAML"),
        (f"connections: {{db: {{conn_typ: {SECRET}}}}}", "connections.db"),
        (f"variables: {{x: {SECRET}, x: {SECRET}}}", "twice"),
        (f"variables: {{x_unencrypted: {SECRET}}}", "would not be encrypted"),
        (f"pools: {SECRET}", "pools"),
        (f"\x00{SECRET}", "YAML"),
    ],
)
def test_without_a_terminal_a_bad_text_is_discarded_and_nothing_changes(place: Place, text: str, said: str) -> None:
    place.filled(DOCUMENT)
    before = place.document().read_bytes()
    place.edits_with(f'printf \'%b\' "{text.replace(chr(0), chr(92) + "0000")}" > "$1"')
    refused = place("edit", "dev")
    assert refused.code == 1
    assert said in refused.err
    assert "discarded" in refused.err
    assert SECRET not in refused.all
    assert place.document().read_bytes() == before


def test_a_bad_text_is_opened_again_with_the_error_at_its_top(place: Place, tmp_path: Path) -> None:
    place.filled(DOCUMENT)
    place.patch.setattr("airside.cli.commands.secrets.edit._ask", lambda _: lambda _error: True)
    place.edits_with(
        f'if [ -e "{tmp_path}/second" ]; then cat "$1" > "{tmp_path}/seen"; sed -i "s/poools/variables/" "$1"\n'
        f'else touch "{tmp_path}/second"; sed -i "s/variables:/poools:/" "$1"; fi'
    )
    assert place("edit", "dev").code == 0
    seen = (tmp_path / "seen").read_text().splitlines()
    assert seen[0].startswith("#!airside: ")
    assert "poools" in seen[0]
    assert f"    token: {SECRET}" in seen
    assert place.text() == DOCUMENT


def test_who_gives_up_loses_only_what_was_typed(place: Place) -> None:
    place.filled(DOCUMENT)
    before = place.document().read_bytes()
    place.patch.setattr("airside.cli.commands.secrets.edit._ask", lambda _: lambda _error: False)
    place.edits_with('echo "- x" > "$1"')
    assert place("edit", "dev").code == 1
    assert place.document().read_bytes() == before


@pytest.mark.parametrize(
    ("editor", "said"), [("false", "ended with code 1"), ("no-such-editor --wait", "is not there"), ("rm", "UTF-8")]
)
def test_an_editor_that_fails_changes_nothing(place: Place, editor: str, said: str) -> None:
    place.filled(DOCUMENT)
    before = place.document().read_bytes()
    place.patch.setenv("EDITOR", editor)
    refused = place("edit", "dev")
    assert refused.code == 2
    assert said in refused.err
    assert place.document().read_bytes() == before


def test_visual_comes_before_editor_and_may_have_options(place: Place, tmp_path: Path) -> None:
    place.filled(DOCUMENT)
    script = tmp_path / "my editor"
    script.write_text('#!/bin/sh\ntest "$1" = --wait && sed -i "s/other: x/other: y/" "$2"\n')
    script.chmod(0o755)
    place.patch.setenv("VISUAL", f"'{script}' --wait")
    assert place("edit", "dev").code == 0
    assert place.values()["variables"]["other"] == "y"


def test_the_second_of_two_editors_does_not_lose_the_change_of_the_first(place: Place, tmp_path: Path) -> None:
    place.filled(DOCUMENT)
    airside = f'"{sys.executable}" -m airside -C "{place.root}" secrets'
    place.edits_with(f'echo first | {airside} set dev variables.other && sed -i "s/{SECRET}/second/" "$1"')
    refused = place("edit", "dev")
    assert refused.code == 3
    assert "changed by somebody else" in refused.err
    assert place.values()["variables"] == {"token": SECRET, "other": "first"}


def test_numbers_that_sops_would_shorten_are_told(place: Place) -> None:
    place.filled(DOCUMENT)
    place.filled("variables: {a: 1.0, b: -0.5, c: 9007199254740993, d: true, e: 2026-01-31}\n")
    assert json.loads(place("get", "dev", "variables.c", "--reveal").out) == 9007199254740993


def _child(place: Place, *arguments: str) -> "subprocess.Popen[bytes]":
    code = (
        "import sys, pathlib, signal; from airside.secrets.writing import private\n"
        "signal.signal(signal.SIGHUP, signal.SIG_DFL)\n"  # what runs the tests may have it ignored, as nohup does
        "private.private_folder.__wrapped__.__defaults__ = (pathlib.Path(sys.argv[1]),)\n"
        "from airside.cli.main import run; sys.exit(run(sys.argv[2:]))"
    )
    command = [sys.executable, "-c", code, str(place.root.parent / "memory"), "-C", str(place.root), "secrets"]
    return subprocess.Popen([*command, *arguments], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)


def _waiting(place: Place, tmp_path: Path) -> "subprocess.Popen[bytes]":
    place.filled(DOCUMENT)
    place.edits_with(f'touch "{tmp_path}/open"; exec sleep 60')
    child = _child(place, "edit", "dev")
    deadline = time.monotonic() + 30
    while not (tmp_path / "open").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert any(SECRET in path.read_text() for path in (tmp_path / "memory").glob("*/*"))
    return child


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_what_ends_it_in_the_editor_leaves_no_text(place: Place, tmp_path: Path, number: signal.Signals) -> None:
    before = None
    with _waiting(place, tmp_path) as child:
        before = place.document().read_bytes()
        child.send_signal(number)
        assert child.wait(20) == 128 + number
    assert list((tmp_path / "memory").iterdir()) == []
    assert place.document().read_bytes() == before


def test_what_a_killed_one_left_is_removed_by_the_next(place: Place, tmp_path: Path) -> None:
    with _waiting(place, tmp_path) as child:
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(child.pid)], capture_output=True, check=True)
        child.kill()
        child.wait(20)
    for pid in children.stdout.split():
        os.kill(int(pid), signal.SIGKILL)
    assert any(SECRET in path.read_text() for path in (tmp_path / "memory").glob("*/*"))
    assert place("set", "dev", "variables.other", stdin="y").code == 0
    assert list((tmp_path / "memory").iterdir()) == []


def test_the_folder_of_one_that_is_at_work_is_not_removed(place: Place, tmp_path: Path) -> None:
    with _waiting(place, tmp_path) as child:
        assert place("set", "dev", "variables.other", stdin="y").code == 0
        assert any(SECRET in path.read_text() for path in (tmp_path / "memory").glob("*/*"))
        child.terminate()
        child.wait(20)


def test_without_memory_the_disk_is_used_and_said(place: Place, tmp_path: Path) -> None:
    (tmp_path / "memory").rmdir()
    place.saves(DOCUMENT)
    said = place("edit", "dev")
    (tmp_path / "memory").mkdir()
    assert said.code == 0
    assert "on a disk" in said.err


@pytest.mark.parametrize("text", ["", "\n", "# only a comment\n"])
def test_an_empty_text_is_refused_and_nothing_is_lost(place: Place, text: str) -> None:
    place.filled(DOCUMENT)
    before = place.document().read_bytes()
    place.saves(text)
    said = place("edit", "dev")
    assert said.code == 1
    assert "dev.yaml is empty" in said.err
    assert place.document().read_bytes() == before
