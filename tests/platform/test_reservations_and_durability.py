"""What holds when processes die at the worst moment, and when two starts meet."""

import contextlib
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from airside.base.children import inherited
from airside.base.errors import PlatformError
from airside.platform import processes
from airside.platform.components import component_states
from airside.platform.database import Database, choose_database
from airside.platform.health import require_no_crash_loop
from airside.platform.local import _packaged_postgres
from airside.platform.ports import free_port
from airside.platform.postgres import postgres_home, remove_postgres
from airside.platform.psql import ask
from airside.platform.supervision import Supervisor
from airside.workspace.workspace import Workspace

PACKAGED = _packaged_postgres(Path(sys.executable))


def test_a_port_that_another_process_has_chosen_is_not_chosen_again() -> None:
    code = (
        "import sys\nfrom airside.platform.ports import free_port\n"
        "print(free_port(28700), flush=True)\nsys.stdin.read()"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=inherited(PYTHONPATH=":".join(sys.path))
    ) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        theirs = int(other.stdout.readline())
        assert free_port(theirs) > theirs
        other.stdin.close()
        other.wait()
    assert free_port(theirs) == theirs


@pytest.fixture
def supervisor(workspace: Workspace) -> Supervisor:
    workspace.state.mkdir(exist_ok=True)
    return Supervisor(workspace.state)


def start(workspace: Workspace, supervisor: Supervisor) -> Database:
    database = choose_database(workspace, PACKAGED, None)
    assert database.server is not None
    supervisor.start([database.server.program(supervisor.working_folder)], inherited())
    supervisor.ask("startProcess", "postgres", False)
    database.await_ready(lambda: require_no_crash_loop(component_states(supervisor), {}, workspace.state))
    return database


def _kill_postgres(supervisor: Supervisor) -> None:
    (server,) = component_states(supervisor)
    for process in processes.below(server.pid or 0):
        with contextlib.suppress(psutil.NoSuchProcess):  # it followed its parent by itself
            process.kill()
    while component_states(supervisor)[0].pid in {None, server.pid}:
        time.sleep(0.02)


def end(workspace: Workspace, supervisor: Supervisor) -> None:
    processes.end(processes.inside({supervisor.working_folder, postgres_home(workspace) / "data"}))
    remove_postgres(workspace)


@pytest.mark.slow
def test_a_commit_outlives_a_postgres_that_is_killed_right_after(workspace: Workspace, supervisor: Supervisor) -> None:
    try:
        database = start(workspace, supervisor)
        assert database.server is not None
        url = database.server.url("airflow")
        for number in range(10):
            ask(PACKAGED, url, f"create table kept_{number} (id int)")
            _kill_postgres(supervisor)
            database.await_ready()
            assert ask(PACKAGED, url, f"select to_regclass('kept_{number}')") == [f"kept_{number}"]
    finally:
        end(workspace, supervisor)


def test_a_postgres_that_cannot_start_says_why_at_once(workspace: Workspace, supervisor: Supervisor) -> None:
    data = postgres_home(workspace) / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("9\n")
    begun = time.monotonic()
    try:
        with pytest.raises(PlatformError, match=r"^postgres does not start: [^\0]*postgresql\.conf"):
            start(workspace, supervisor)
        assert time.monotonic() - begun < 20
    finally:
        end(workspace, supervisor)


def test_a_command_with_another_tmpdir_reaches_supervisord(
    workspace: Workspace, supervisor: Supervisor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    supervisor.start([], inherited())
    try:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        assert supervisor.ask("getState")["statename"] == "RUNNING"
    finally:
        end(workspace, supervisor)
