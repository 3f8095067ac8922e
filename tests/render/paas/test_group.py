"""The processes of a container run side by side, and the port tells whether they do."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from airside.render.paas.files import group

PATIENCE = 60.0


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


class Group:
    """A group that runs, and its port."""

    def __init__(self, folder: Path, table: str) -> None:
        shutil.copy(group.__file__, folder / "group.py")
        (folder / "group.ini").write_text(table)
        self.folder, self.port = folder, free_port()
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, folder / "group.py"],
                env={"PATH": "/usr/bin:/bin", "PORT": str(self.port)},
                cwd=folder,
                stderr=log,
            )

    def answer(self, path: str = "/health") -> tuple[int, dict[str, str]]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)
        except OSError:
            return 0, {}

    def until(self, status: int) -> dict[str, str]:
        deadline = time.monotonic() + PATIENCE
        while (answer := self.answer())[0] != status:
            assert time.monotonic() < deadline, (answer, self.log.read_text())
            time.sleep(0.1)
        return answer[1]

    def file(self, name: str) -> str:
        deadline = time.monotonic() + PATIENCE
        while not (path := self.folder / name).exists() or not path.read_text().strip():
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)
        return path.read_text().strip()


@pytest.fixture
def groups() -> Iterator[list[Group]]:
    made: list[Group] = []
    yield made
    for one in made:
        # Not killed: its processes are in sessions of their own, and would stay.
        one.process.terminate()
        one.process.wait(PATIENCE)


def script(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text)
    return f"{sys.executable} {folder / name}"


SLEEPER = "import os, time\nopen('{name}.pid', 'w').write(str(os.getpid()))\ntime.sleep(600)\n"
# It ends a second after it was asked, once its own child has ended by itself.
PATIENT = """\
import os, signal, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(2); open('task.done', 'w').write('whole')"])
def ending(*_):
    child.wait()
    open("ended", "w").write("gracefully")
    sys.exit(0)
signal.signal(signal.SIGTERM, ending)
open("patient.pid", "w").write(str(os.getpid()))
time.sleep(600)
"""


def test_the_port_tells_of_a_process_that_died_and_it_is_started_again(tmp_path: Path, groups: list[Group]) -> None:
    one = script(tmp_path, "one.py", SLEEPER.format(name="one"))
    two = script(tmp_path, "two.py", SLEEPER.format(name="two"))
    groups.append(running := Group(tmp_path, f"[one]\ncommand = {one}\n[two]\ncommand = {two}\n"))
    assert running.until(200) == {"one": "runs", "two": "runs"}
    pid = running.file("two.pid")
    (tmp_path / "two.py").write_text("raise SystemExit(7)")
    os.kill(int(pid), signal.SIGKILL)
    assert running.until(503) == {"one": "runs", "two": "ended"}
    (tmp_path / "two.py").write_text(SLEEPER.format(name="two"))
    assert running.until(200) == {"one": "runs", "two": "runs"}
    assert running.file("two.pid") != pid
    assert "two ended with -9; it starts again in 1 s" in running.log.read_text()


def test_sigterm_lets_the_children_of_a_process_end_by_themselves(tmp_path: Path, groups: list[Group]) -> None:
    patient = script(tmp_path, "patient.py", PATIENT)
    quick = script(tmp_path, "quick.py", SLEEPER.format(name="quick"))
    groups.append(running := Group(tmp_path, f"[patient]\ncommand = {patient}\n[quick]\ncommand = {quick}\n"))
    running.file("patient.pid")
    running.file("quick.pid")
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(PATIENCE) == 0
    assert (tmp_path / "task.done").read_text() == "whole"
    assert (tmp_path / "ended").read_text() == "gracefully"


def test_the_port_is_silent_until_all_run_and_are_well(tmp_path: Path, groups: list[Group]) -> None:
    one = script(tmp_path, "one.py", SLEEPER.format(name="one"))
    inner = free_port()
    server = "import http.server, os, time\nwhile not os.path.exists('open'): time.sleep(0.05)\n"
    server += f"http.server.HTTPServer(('127.0.0.1', {inner}), http.server.SimpleHTTPRequestHandler).serve_forever()\n"
    two = script(tmp_path, "two.py", server)
    table = f"[one]\ncommand = {one}\n[two]\ncommand = {two}\nhealth = http://127.0.0.1:{inner}/\n"
    groups.append(running := Group(tmp_path, table))
    running.file("one.pid")
    assert running.answer() == (0, {})
    (tmp_path / "open").touch()
    assert running.until(200) == {"one": "runs", "two": "runs"}


def test_a_program_that_is_not_there_is_named(tmp_path: Path, groups: list[Group]) -> None:
    groups.append(running := Group(tmp_path, "[one]\ncommand = no-such-program\n"))
    assert running.file("log") == "airside: one cannot start: no-such-program: No such file or directory"


def test_a_section_of_an_overlay_adds_a_process(tmp_path: Path) -> None:
    path = tmp_path / "group.ini"
    path.write_text("[one]\ncommand = first\n\n[two]\ncommand = second\n[one]\ncommand = third 'a b'\n")
    assert [(process.name, process.command) for process in group.read_table(path)] == [
        ("one", ["third", "a b"]),
        ("two", ["second"]),
    ]
