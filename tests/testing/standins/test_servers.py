"""Servers end with the tests that want them, however those end."""

import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import psutil
import pytest

import airside
from airside.testing.standins.servers import Servers

_PROGRAM = Path(__file__).with_name("dying.py")


def _run(*arguments: str, python: str = sys.executable, tmp: Path, user: str | None = None) -> subprocess.Popen[str]:
    paths = [str(Path(airside.__file__).parents[1]), sysconfig.get_path("purelib")]
    return subprocess.Popen(
        [python, str(_PROGRAM), *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env={"PATH": os.defpath, "TMPDIR": str(tmp), "PYTHONPATH": os.pathsep.join(paths)},
        cwd="/",
        user=user,
        extra_groups=[] if user else None,
    )


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder that every account may enter: Postgres runs as another one for root."""
    folder = Path(tempfile.mkdtemp(prefix="t"))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


def _eventually(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 15
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.05)
    return holds()


def _listens(port: int) -> bool:
    with socket.socket() as opened:
        return opened.connect_ex(("127.0.0.1", port)) == 0


def _segments(makers: set[int]) -> list[str]:
    """Return the segments of shared memory that these processes have made (`cpid` in `man 5 proc_sysvipc`)."""
    listing = Path("/proc/sysvipc/shm")
    lines = listing.read_text().splitlines()[1:] if listing.exists() else []
    return [line for line in lines if int(line.split()[4]) in makers]


def test_after_kill_9_there_is_no_process_no_port_and_no_memory(short: Path) -> None:
    with _run(tmp=short) as program:
        assert program.stdout is not None
        said = json.loads(program.stdout.readline())
        keeper = psutil.Process(said["keeper"])
        processes = [keeper, *keeper.children(recursive=True)]
        assert len(processes) > 3
        maps = [Path(f"/proc/{each.pid}/maps") for each in processes]
        assert not any("/dev/shm/PostgreSQL" in each.read_text() for each in maps if each.exists())
        program.kill()
    assert _eventually(lambda: not any(each.is_running() for each in processes))
    assert not _listens(said["port"])
    assert _eventually(lambda: not Path(said["folder"]).exists())
    assert _segments({each.pid for each in processes}) == []


def test_after_a_proper_end_there_is_no_file_either(short: Path) -> None:
    with _run("--end", tmp=short) as program:
        assert program.stdout is not None
        said = json.loads(program.stdout.readline())
        assert said["rows"] == [{"n": 1}]
        assert program.wait(30) == 0
    assert not psutil.pid_exists(said["keeper"])
    assert not Path(said["folder"]).exists()
    assert [each.name for each in short.rglob("*") if "airside" in each.name] == []


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user runs all other tests so")
def test_an_ordinary_user_has_a_postgres_too(short: Path) -> None:
    python = f"/usr/bin/python3.{sys.version_info.minor}"
    if not Path(python).exists() or not any(entry.pw_name == "nobody" for entry in pwd.getpwall()):
        pytest.skip("no Python that every account may run")
    with _run("--end", python=python, tmp=short, user="nobody") as program:
        assert program.stdout is not None
        line = program.stdout.readline()
        if not line:
            pytest.skip("the packages of this Python cannot be read by every account")
        assert json.loads(line)["rows"] == [{"n": 1}]
        assert program.wait(30) == 0


class _Counted:
    started = 0
    closed = 0

    @classmethod
    def start(cls) -> Self:
        cls.started += 1
        return cls()

    def close(self) -> None:
        type(self).closed += 1


def test_a_server_starts_once_when_it_is_first_wanted_and_ends_with_the_session() -> None:
    class Counted(_Counted):
        pass

    servers = Servers()
    assert Counted.started == 0
    assert servers.shared(Counted) is servers.shared(Counted)
    servers.close()
    servers.close()
    assert (Counted.started, Counted.closed) == (1, 1)


def test_a_forked_child_ends_no_server_of_its_parent() -> None:
    class Counted(_Counted):
        pass

    servers = Servers()
    servers.shared(Counted)
    servers._owner = os.getppid()
    servers.close()
    assert Counted.closed == 0
    servers._owner = os.getpid()
    servers.close()
