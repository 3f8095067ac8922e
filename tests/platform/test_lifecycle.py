"""Starting and stopping a real Airflow, and what may go wrong with that."""

import signal
import subprocess
from pathlib import Path

import psutil
import pytest
from airflow_place import Place, until

from airside.platform.local import _processes, leftovers
from airside.platform.ports import free_port
from airside.platform.postgres import postgres_home
from airside.platform.supervision import control_socket

pytestmark = pytest.mark.platform


def port() -> str:
    return str(free_port(28400))


def running(place: Place) -> list[psutil.Process]:
    return _processes(place.workspace)


@pytest.mark.slow
def test_a_component_that_cannot_start_is_named_with_its_error_and_nothing_is_left(fresh: Place) -> None:
    settings = (fresh.root / "airside.toml").read_text()
    fresh.write("airside.toml", settings + '[airflow.config]\ncore = { executor = "NoSuchExecutor" }\n')
    done = fresh.airside("up", "--detach", "--database", "sqlite", "--port", port(), code=1)
    assert "scheduler does not start" in done.err
    assert "NoSuchExecutor" in done.err
    assert running(fresh) == []
    assert "No Airflow of" in fresh.airside("restart", code=1).err


def ended(process: "subprocess.Popen[str]") -> int:
    """Return the exit code of a process that is to end soon; one that does not is killed."""
    try:
        return process.wait(timeout=60)
    finally:
        process.kill()


@pytest.mark.slow
def test_a_start_in_the_foreground_ends_with_its_terminal(fresh: Place) -> None:
    command = fresh.command("up", "--database", "sqlite", "--port", port())
    with subprocess.Popen(command, env=fresh.environ, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert "is ready" in process.stdout.readline()
        assert running(fresh)
        process.send_signal(signal.SIGINT)
        assert ended(process) == 0
    assert running(fresh) == []


@pytest.mark.slow
def test_an_interrupted_start_leaves_nothing(fresh: Place) -> None:
    command = fresh.command("up", "--database", "sqlite", "--port", port())
    with subprocess.Popen(command, env=fresh.environ, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert any("Starting Airflow" in line for line in process.stderr)
        assert running(fresh)
        assert "is being started" in fresh.airside("status", code=1).err
        assert "runs" in fresh.airside("clean", code=3).err
        process.send_signal(signal.SIGTERM)
        assert ended(process) == 128 + signal.SIGTERM
    assert running(fresh) == []


@pytest.mark.slow
def test_a_killed_supervisor_is_noticed_and_healed(fresh: Place) -> None:
    fresh.airside("up", "--detach", "--port", port())
    whole = running(fresh)
    assert "postgres" in {process.name() for process in whole}
    psutil.Process(fresh.platform().description.supervisor).kill()
    until(lambda: leftovers(fresh.workspace))
    assert "supervisor of Airflow was killed" in fresh.airside("status", code=1).err
    assert "supervisor of Airflow was killed" in fresh.airside("logs").err
    assert "supervisor of Airflow was killed" in fresh.airside("shell", "--", "true", code=1).err
    done = fresh.airside("up", "--detach", "--port", port())
    assert "Ended" in done.err
    assert not any(process.is_running() for process in whole)
    psutil.Process(fresh.platform().description.supervisor).kill()
    until(lambda: leftovers(fresh.workspace))
    assert "Stopped" in fresh.airside("down").out
    assert running(fresh) == []


@pytest.mark.slow
def test_down_and_clean_leave_the_workspace_alone(fresh: Place) -> None:
    before = files(fresh.root)
    fresh.airside("up", "--detach", "--port", port())
    below = psutil.Process(fresh.platform().description.supervisor).children(recursive=True)
    assert "airside down" in fresh.airside("clean", code=3).err
    fresh.airside("down")
    assert not any(process.is_running() for process in below)
    assert running(fresh) == []
    assert "No Airflow" in fresh.airside("down").out
    fresh.airside("clean")
    assert files(fresh.root) == {path for path in before if not path.startswith(".airside")}
    assert not postgres_home(fresh.workspace).exists()
    assert not control_socket(fresh.workspace.state).exists()


def files(root: Path) -> set[str]:
    found = (path.relative_to(root).as_posix() for path in root.rglob("*") if not path.is_dir())
    return {path for path in found if not path.startswith(".git/") and "__pycache__" not in path}
