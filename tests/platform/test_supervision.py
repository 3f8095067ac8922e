import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from airside.base.errors import PlatformError
from airside.platform import processes
from airside.platform.components import component_states
from airside.platform.supervision import Program, Supervisor, control_socket

ODD = """ä %d "q" 's 50%"""


@pytest.fixture
def state() -> Iterator[Path]:
    """A folder for supervisord with a path that hurts."""
    folder = Path(tempfile.mkdtemp(prefix=ODD))
    yield folder
    supervisor = Supervisor(folder)
    processes.end(processes.inside({supervisor.working_folder}))
    control_socket(folder).unlink(missing_ok=True)
    shutil.rmtree(folder)


@pytest.fixture
def private_tmp(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    tmp_path_factory.getbasetemp()  # made where temporary folders are now, not in the one that goes with this test
    folder = Path(tempfile.mkdtemp(prefix="% ä "))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    shutil.rmtree(folder)


def script(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def until(supervisor: Supervisor, state: str, *, restarts: int = 0) -> None:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        [component] = component_states(supervisor)
        if component.state == state and component.restarts >= restarts:
            return
        time.sleep(0.05)
    raise AssertionError(f"{component} does not become {state}")


def test_a_program_runs_whatever_the_path_and_its_arguments_are(state: Path, private_tmp: Path) -> None:
    script(state / ODD / "tiny", """printf '%s|' "$@"; exec sleep 60""")
    supervisor = Supervisor(state)
    arguments = ["a b", "50%", "%(here)s", '"quoted"', "it's", "back\\slash", "ü"]
    supervisor.start([Program("tiny", [f"../../{ODD}/tiny", *arguments], start_seconds=0)], dict(os.environ))  # noqa: TID251
    supervisor.ask("startProcess", "tiny", False)
    until(supervisor, "running")
    log = state / "logs" / "tiny.log"
    while not log.read_text():
        time.sleep(0.02)
    assert log.read_text() == "".join(f"{word}|" for word in arguments)
    supervisor.ask("shutdown")
    assert private_tmp in control_socket(state).parents


def test_a_program_that_is_killed_comes_back_and_is_counted(state: Path) -> None:
    script(state / "tiny", "exec sleep 60")
    supervisor = Supervisor(state)
    supervisor.start([Program("tiny", ["../../tiny"], start_seconds=0)], dict(os.environ))  # noqa: TID251
    supervisor.ask("startProcess", "tiny", False)
    until(supervisor, "running")
    [before] = component_states(supervisor)
    assert before.pid is not None
    os.kill(before.pid, 9)
    until(supervisor, "running", restarts=1)
    [after] = component_states(supervisor)
    assert after.pid != before.pid
    assert "SIGKILL" in after.detail


def test_what_a_killed_program_leaves_behind_stays_below_the_supervisor(state: Path) -> None:
    script(state / "tiny", "sleep 61 & echo $! > ../../child; wait")
    supervisor = Supervisor(state)
    pid = supervisor.start([Program("tiny", ["../../tiny"], start_seconds=0)], dict(os.environ))  # noqa: TID251
    supervisor.ask("startProcess", "tiny", False)
    while not (state / "child").exists() or not (child := (state / "child").read_text()):
        time.sleep(0.02)
    [component] = component_states(supervisor)
    assert component.pid is not None
    os.kill(component.pid, 9)
    until(supervisor, "running", restarts=1)
    assert int(child) in {process.pid for process in processes.below(pid)}


def test_a_supervisor_that_does_not_start_says_why(state: Path) -> None:
    (state / "logs" / "supervisord.log").mkdir(parents=True)
    with pytest.raises(PlatformError, match=r"supervisord does not start: (?s:.*)supervisord"):
        Supervisor(state).start([], dict(os.environ))  # noqa: TID251


def test_a_supervisor_that_is_not_there_is_an_error_of_the_platform(state: Path) -> None:
    with pytest.raises(PlatformError, match="does not answer getState"):
        Supervisor(state).ask("getState")


def test_a_socket_folder_that_others_can_enter_is_refused(private_tmp: Path, tmp_path: Path) -> None:
    folder = control_socket(tmp_path).parent
    folder.chmod(0o755)
    with pytest.raises(PlatformError, match="is not a private folder"):
        control_socket(tmp_path)


def test_a_socket_folder_that_is_a_link_is_refused(private_tmp: Path, tmp_path: Path) -> None:
    (private_tmp / f"airside-{os.getuid()}").symlink_to(tmp_path)
    with pytest.raises(PlatformError, match="is not a private folder"):
        control_socket(tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_socket_folder_of_somebody_else_is_refused(private_tmp: Path, tmp_path: Path) -> None:
    os.chown(control_socket(tmp_path).parent, 65534, 65534)
    with pytest.raises(PlatformError, match="is not a private folder"):
        control_socket(tmp_path)


def test_a_supervisor_that_is_stopped_is_not_waited_for(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("airside.platform.supervision._ANSWER_SECONDS", 0.3)
    supervisor = Supervisor(state)
    pid = supervisor.start([], dict(os.environ))  # noqa: TID251
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(PlatformError, match="does not answer getState"):
            supervisor.ask("getState")
    finally:
        os.kill(pid, signal.SIGCONT)
    assert supervisor.ask("getState")["statename"] == "RUNNING"
