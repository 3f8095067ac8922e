"""The server of an inspector: how it starts, how it ends, and what is left."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from airside.base.errors import FindingsError, PlatformError
from airside.checking.inspector import Inspector, Limits

PYTHON = Path(sys.executable)
HANGS = "# airflow dag\nimport subprocess\nsubprocess.Popen(['sleep', '600'])\nwhile True: pass\n"
DAG = "from airflow.sdk import DAG\nwith DAG({id!r}): pass\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "dags").mkdir()
    for number in range(3):
        (tmp_path / "dags" / f"f{number}.py").write_text(DAG.format(id=f"f{number}"))
    return tmp_path


@pytest.fixture
def inspector() -> Iterator[Inspector]:
    with Inspector(PYTHON, environment={}, limits=Limits(seconds=20, jobs=2)) as inspector:
        yield inspector


def _server(inspector: Inspector) -> psutil.Process:
    assert inspector._server is not None
    return psutil.Process(inspector._server.pid)


def _wait_for_a_sleeper(server: psutil.Process) -> list[psutil.Process]:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        family = server.children(recursive=True)
        # One may end while it is asked.
        with contextlib.suppress(psutil.NoSuchProcess):
            if any("sleep" in process.name() for process in family):
                return family
        time.sleep(0.02)
    raise AssertionError("the file was not read")


def test_a_server_that_is_killed_is_a_clear_error_and_leaves_no_file_being_read(
    inspector: Inspector, tree: Path
) -> None:
    (tree / "dags" / "hangs.py").write_text(HANGS)
    facts = inspector.inspect(tree, ["dags/f0.py", "dags/hangs.py"])
    assert next(facts).file == "dags/f0.py"
    readers = _server(inspector).children()
    _wait_for_a_sleeper(_server(inspector))
    os.kill(_server(inspector).pid, signal.SIGKILL)
    with pytest.raises(PlatformError, match=r"The Python that reads the DAG files ended \(signal 9\)"):
        list(facts)
    assert psutil.wait_procs(readers, timeout=3)[1] == []


def test_the_end_of_an_inspector_ends_all_that_it_started(tree: Path) -> None:
    (tree / "dags" / "hangs.py").write_text(HANGS)
    with Inspector(PYTHON, environment={}, limits=Limits(seconds=60)) as inspector:
        facts = inspector.inspect(tree, ["dags/f0.py", "dags/hangs.py"])
        next(facts)
        family = [_server(inspector), *_wait_for_a_sleeper(_server(inspector))]
        started = time.monotonic()
    assert time.monotonic() - started < 2
    assert psutil.wait_procs(family, timeout=3)[1] == []


def test_a_check_that_is_killed_takes_its_server_with_it(tree: Path) -> None:
    (tree / "dags" / "hangs.py").write_text(HANGS)
    program = (
        "import sys\nfrom pathlib import Path\nfrom airside.checking.inspector import Inspector, Limits\n"
        "with Inspector(Path(sys.executable), environment={}, limits=Limits(seconds=60)) as inspector:\n"
        "    print(inspector._server.pid, flush=True)\n"
        "    list(inspector.inspect(Path(sys.argv[1]), ['dags/hangs.py']))\n"
    )
    with subprocess.Popen([PYTHON, "-c", program, str(tree)], stdout=subprocess.PIPE, text=True) as check:
        assert check.stdout is not None
        server = psutil.Process(int(check.stdout.readline()))
        family = [server, *_wait_for_a_sleeper(server)]
        check.kill()
    assert psutil.wait_procs(family, timeout=3)[1] == []


def test_a_warm_server_sees_an_edit(inspector: Inspector, tree: Path) -> None:
    assert len(list(inspector.inspect(tree, None))) == 3
    (tree / "dags" / "f1.py").write_text(DAG.format(id="renamed"))
    [facts] = inspector.inspect(tree, ["dags/f1.py"])
    assert facts.workflows[0].description.id == "renamed"


def test_a_relative_root_is_that_of_the_caller(
    inspector: Inspector, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tree.parent)
    assert len(list(inspector.inspect(Path(tree.name), None))) == 3


def test_a_call_that_was_given_up_does_not_disturb_the_next(inspector: Inspector, tree: Path) -> None:
    (tree / "dags" / "hangs.py").write_text(HANGS)
    given_up = inspector.inspect(tree, ["dags/f0.py", "dags/hangs.py", "dags/f1.py"])
    next(given_up)
    started = time.monotonic()
    assert {facts.file for facts in inspector.inspect(tree, ["dags/f1.py", "dags/f2.py"])} == {
        "dags/f1.py",
        "dags/f2.py",
    }
    assert time.monotonic() - started < 5


def test_a_tree_without_files_ends_at_once(inspector: Inspector, tmp_path: Path) -> None:
    assert list(inspector.inspect(tmp_path, None)) == []


def test_work_that_fails_or_takes_too_long_is_an_error(inspector: Inspector, tree: Path) -> None:
    with pytest.raises(PlatformError, match="The work `nothing` beside Airflow failed"):
        inspector.run("nothing", tree, b"", seconds=5)


def test_a_python_without_airside_is_a_clear_error(tmp_path: Path) -> None:
    bare = tmp_path / "env"
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", str(bare)], check=True)
    with (
        Inspector(bare / "bin" / "python", environment={}, limits=Limits()) as inspector,
        pytest.raises(PlatformError, match="No module named") as caught,
    ):
        list(inspector.inspect(tmp_path, None))
    assert "airside up" in str(caught.value.hint)


def test_a_python_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    with (
        pytest.raises(PlatformError, match="cannot be run"),
        Inspector(tmp_path / "python", environment={}, limits=Limits()),
    ):
        pass


def test_limits_hold_for_other_work_too(inspector: Inspector, tree: Path) -> None:
    with pytest.raises(FindingsError, match=r"it was not done after 0\.01 s"):
        inspector.run("file", tree, b"dags/f0.py", seconds=0.01)
