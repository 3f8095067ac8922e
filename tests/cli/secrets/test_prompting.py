"""At a terminal a value is asked for, and not shown."""

import os
import pty
import select
import subprocess
import sys
import time

from secret_place import Place


def _talk(place: Place, arguments: list[str], answers: list[tuple[str, str]]) -> tuple[int, str]:
    """Run a verb at a terminal of its own; each answer is typed when its question is seen."""
    terminal, inner = pty.openpty()
    command = [sys.executable, "-m", "airside", "-C", str(place.root), "secrets", *arguments]
    child = subprocess.Popen(command, stdin=inner, stdout=inner, stderr=inner, start_new_session=True)
    os.close(inner)
    shown, waiting, deadline = "", list(answers), time.monotonic() + 60
    while time.monotonic() < deadline:
        if not select.select([terminal], [], [], 0.1)[0]:
            continue
        try:
            shown += os.read(terminal, 4096).decode(errors="replace")
        except OSError:  # it has ended
            break
        if waiting and waiting[0][0] in shown[-200:]:
            time.sleep(0.2)  # until it has turned the echo off
            os.write(terminal, f"{waiting.pop(0)[1]}\n".encode())
    os.close(terminal)
    return child.wait(20), shown


def test_a_value_is_asked_for_twice_and_not_shown(place: Place) -> None:
    place("init")
    answers = [("Value of variables.x", "hunter2"), ("Repeat", "hunter2")]
    code, shown = _talk(place, ["set", "dev", "variables.x"], answers)
    assert code == 0, shown
    assert "hunter2" not in shown
    assert place.values()["variables"]["x"] == "hunter2"


def test_a_bad_text_is_opened_again_when_the_user_wants_that(place: Place) -> None:
    place.filled("variables:\n    a: hunter2\n")
    place.edits_with(
        'grep -q "^#!airside: .*poools" "$1" && sed -i "s/poools/variables/" "$1" || sed -i s/var.*s:/poools:/ "$1"'
    )
    code, shown = _talk(place, ["edit", "dev"], [("Open the editor again?", "y")])
    assert code == 0, shown
    assert "poools" in shown
    assert "hunter2" not in shown
    assert place.values()["variables"] == {"a": "hunter2"}
