"""Whatever a workflow does, its test fails and says why, and the next test finds a clean place."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import pytest

from airside.testing.given import Given
from airside.testing.outcome import RunOutcome
from airside.testing.processes import Source, run
from airside.testing.processes.asking import MEMORY_MIB

WORKFLOW = """\
import os, sys, threading, time
from airflow.sdk import dag, task
{top}
@dag(schedule=None)
def {name}():
    @task
    def act():
{body}
    act()

{name}()
"""
TASK_LINE = 8
"""Where the body of the task begins."""


@dataclass
class Project:
    """A folder with DAG files, of a plain Airflow project."""

    root: Path

    def write(self, body: str, name: str = "hostile", top: str = "") -> None:
        """Write a workflow with one task."""
        text = WORKFLOW.format(name=name, body=indent(dedent(body).strip(), " " * 8), top=top)
        (self.root / "dags" / f"{name}.py").write_text(text)

    def run(self, name: str = "hostile", **given: Any) -> RunOutcome:
        """Run it."""
        return run(Source(self.root, self.root / "dags"), Given(dag_id=name, **given))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project whose workflow `innocent` does nothing."""
    (tmp_path / "project" / "dags").mkdir(parents=True)
    made = Project(tmp_path / "project")
    made.write("return 1", "innocent")
    return made


@pytest.fixture
def hostile(project: Project) -> Callable[..., RunOutcome]:
    """Runs a task, and sees that the next run is as if it had not been there."""

    def run_it(body: str, top: str = "", **given: Any) -> RunOutcome:
        project.write(body, top=top)
        project.run("innocent")  # starts the process that forks, where it does not run yet
        before = threads_and_children()
        outcome = project.run(**given)
        assert project.run("innocent").state == "success"
        # Other tests of this process may have left some that end meanwhile.
        assert all(now <= then for now, then in zip(threads_and_children(), before, strict=True))
        return outcome

    return run_it


def threads_and_children() -> tuple[int, int]:
    tasks = Path("/proc/self/task")
    children = sum(len((task / "children").read_text().split()) for task in tasks.iterdir())
    return len(list(tasks.iterdir())), children


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def gone(pid: int) -> bool:
    end = time.monotonic() + 5
    while is_alive(pid) and time.monotonic() < end:
        time.sleep(0.02)
    return not is_alive(pid)


def test_an_endless_loop_is_ended_and_its_line_told(hostile: Callable[..., RunOutcome]) -> None:
    outcome = hostile("while True:\n    pass", timeout=1.0)
    assert outcome.state is None
    assert outcome.error is not None
    assert outcome.error.type == "RunTimeout"
    assert "1 s" in outcome.error.message
    assert outcome.error.file == "dags/hostile.py"
    assert outcome.error.line in {TASK_LINE, TASK_LINE + 1}


def test_what_took_too_long_is_told_with_the_lines_of_the_workflow_only(tmp_path: Path) -> None:
    (tmp_path / "pröject x" / "dags").mkdir(parents=True)
    project = Project(tmp_path / "pröject x")
    project.write("time.sleep(60)", top='"""Ä."""')
    error = project.run(timeout=0.5).error
    assert error is not None
    assert (error.file, error.line) == ("dags/hostile.py", TASK_LINE)
    lines = error.traceback.splitlines()
    assert [line.strip() for line in lines[2:-1]] == ["time.sleep(60)"]
    assert lines[-1].startswith(
        "RunTimeout: the run was ended: it was not done after 0.5 s. Give it a longer `timeout`"
    )


def test_an_endless_loop_at_import_is_ended(hostile: Callable[..., RunOutcome]) -> None:
    outcome = hostile("return 1", top="while True: pass", timeout=1.0)
    assert outcome.error is not None
    assert outcome.error.type == "RunTimeout"


def test_a_loop_that_catches_all_signals_and_errors_is_ended(hostile: Callable[..., RunOutcome]) -> None:
    outcome = hostile(
        """
        import signal
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGUSR1):
            signal.signal(number, signal.SIG_IGN)
        while True:
            try:
                time.sleep(100)
            except BaseException:
                pass
        """,
        timeout=1.0,
    )
    assert outcome.error is not None
    assert outcome.error.type == "RunTimeout"


def test_the_end_of_the_process_is_told(hostile: Callable[..., RunOutcome]) -> None:
    outcome = hostile("os._exit(3)")
    assert outcome.state is None
    assert outcome.error is not None
    assert outcome.error.type == "ProcessEnded"
    assert "exit code 3" in outcome.error.message


def test_a_crash_is_told_with_its_line(hostile: Callable[..., RunOutcome]) -> None:
    outcome = hostile("import ctypes\nctypes.string_at(0)")
    assert outcome.error is not None
    assert "SIGSEGV" in outcome.error.message
    assert (outcome.error.file, outcome.error.line) == ("dags/hostile.py", TASK_LINE + 1)


def test_sys_exit_is_a_failure_of_the_task(hostile: Callable[..., RunOutcome]) -> None:
    assert hostile("sys.exit(3)").state == "failed"


def test_a_fork_that_runs_on_is_told_with_its_line(hostile: Callable[..., RunOutcome]) -> None:
    outcome = hostile("os.fork()\nreturn 1")
    assert outcome.state is None
    assert outcome.error is not None
    assert outcome.error.type == "ProcessLeft"
    assert (outcome.error.file, outcome.error.line) == ("dags/hostile.py", TASK_LINE)


def test_a_fork_that_never_ends_is_told_and_ended(hostile: Callable[..., RunOutcome], tmp_path: Path) -> None:
    note = tmp_path / "pid"
    body = f"""
    if os.fork() == 0:
        open({str(note)!r}, "w").write(str(os.getpid()))
        while True:
            time.sleep(1)
    while not os.path.exists({str(note)!r}):
        time.sleep(0.01)
    """
    outcome = hostile(body, writable=(tmp_path,))
    assert outcome.error is not None
    assert outcome.error.type == "ProcessLeft"
    assert gone(int(note.read_text()))


def test_a_daemon_that_left_its_session_is_ended(hostile: Callable[..., RunOutcome], tmp_path: Path) -> None:
    note = tmp_path / "pid"
    body = f"""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            with open({str(note)!r}, "w") as file:
                file.write(str(os.getpid()))
            while True:
                time.sleep(1)
        os._exit(0)
    os.wait()
    while not (os.path.exists({str(note)!r}) and os.path.getsize({str(note)!r})):
        time.sleep(0.01)
    """
    hostile(body, writable=(tmp_path,))
    assert gone(int(note.read_text()))


def test_a_process_that_a_thread_forks_outlives_the_thread(hostile: Callable[..., RunOutcome]) -> None:
    body = """
    import multiprocessing, threading
    process = multiprocessing.get_context("fork").Process(target=time.sleep, args=(0.2,))
    thread = threading.Thread(target=process.start)
    thread.start()
    thread.join()
    process.join()
    return process.exitcode
    """
    assert hostile(body).tasks[0].xcoms["return_value"] == 0


def test_a_process_of_multiprocessing_is_nobodys_fault(hostile: Callable[..., RunOutcome]) -> None:
    body = """
    import multiprocessing
    process = multiprocessing.get_context("fork").Process(target=time.sleep, args=(0.05,))
    process.start()
    process.join()
    return process.exitcode
    """
    outcome = hostile(body)
    assert outcome.state == "success", outcome
    assert outcome.tasks[0].output == 0


def test_a_thread_that_never_ends_is_told_with_its_line(hostile: Callable[..., RunOutcome]) -> None:
    top = "def spin():\n    while True: time.sleep(1)"
    outcome = hostile("threading.Thread(target=spin, name='spinner').start()", top=top)
    assert outcome.state is None
    assert outcome.error is not None
    assert outcome.error.type == "ThreadLeft"
    assert "spinner" in outcome.error.message
    assert (outcome.error.file, outcome.error.line) == ("dags/hostile.py", 3)


def test_a_pool_that_was_not_shut_down_is_nobodys_fault(hostile: Callable[..., RunOutcome]) -> None:
    body = """
    from concurrent.futures import ThreadPoolExecutor
    pool = ThreadPoolExecutor(2)
    return list(pool.map(str, [1, 2]))
    """
    assert hostile(body).state == "success"


def test_too_much_memory_is_told(hostile: Callable[..., RunOutcome]) -> None:
    outcome = hostile(f"hog = bytearray({MEMORY_MIB + 100} << 20)")
    errors = [outcome.error, *(task.error for task in outcome.tasks)]
    assert outcome.state != "success"
    assert any(error is not None and error.type in {"MemoryError", "OutOfMemory"} for error in errors)


def test_the_network_is_denied_and_the_host_told(hostile: Callable[..., RunOutcome]) -> None:
    outcome = hostile("import urllib.request\nurllib.request.urlopen('http://example.com/rates')")
    error = outcome.tasks[0].error
    assert outcome.state == "failed"
    assert error is not None
    assert "example.com" in error.message
    assert "network=" in error.message
    assert (error.file, error.line) == ("dags/hostile.py", TASK_LINE + 1)


def test_an_address_is_denied(hostile: Callable[..., RunOutcome]) -> None:
    outcome = hostile("import socket\nsocket.create_connection(('192.0.2.1', 80), timeout=1)")
    error = outcome.tasks[0].error
    assert error is not None
    assert error.type == "NetworkDeniedError"


def test_a_host_that_the_test_allows_is_not_denied(hostile: Callable[..., RunOutcome]) -> None:
    body = """
    import socket
    try:
        socket.create_connection(("192.0.2.1", 80), timeout=0.1)
    except OSError as error:
        return type(error).__name__
    """
    assert hostile(body, network=("192.0.2.1",)).tasks[0].output != "NetworkDeniedError"


def test_a_server_on_this_machine_can_be_reached(hostile: Callable[..., RunOutcome]) -> None:
    body = """
    import socket
    server = socket.create_server(("127.0.0.1", 0))
    socket.create_connection(("localhost", server.getsockname()[1]), timeout=1).close()
    """
    assert hostile(body).state == "success"


@pytest.mark.parametrize("environment", ["None", "dict(os.environ)"])
def test_a_program_that_a_task_starts_has_no_network_either(
    hostile: Callable[..., RunOutcome], environment: str
) -> None:
    body = f"""
    import subprocess
    fetch = "import urllib.request as u; u.urlopen('http://192.0.2.1/rates', timeout=20)"
    done = subprocess.run([sys.executable, "-c", fetch], env={environment}, capture_output=True, text=True)
    return done.stderr, "http_proxy" in os.environ
    """
    said, seen = hostile(body).tasks[0].output
    assert "not known" in said or "Name or service" in said or "resolution" in said
    assert not seen


def test_a_program_that_a_task_starts_reaches_servers_on_this_machine(hostile: Callable[..., RunOutcome]) -> None:
    body = """
    import http.server, subprocess
    server = http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    fetch = f"import urllib.request as u; print(u.urlopen('http://127.0.0.1:{server.server_port}').status)"
    return subprocess.run([sys.executable, "-c", fetch], capture_output=True, text=True).stdout
    """
    assert hostile(body).tasks[0].output == "200\n"


def test_a_write_outside_is_denied_and_its_line_told(hostile: Callable[..., RunOutcome], tmp_path: Path) -> None:
    target = tmp_path / "outside.txt"
    outcome = hostile(f"x = 1\nopen({str(target)!r}, 'w').write('x')")
    error = outcome.tasks[0].error
    assert outcome.state == "failed"
    assert error is not None
    assert str(target) in error.message
    assert "writable=" in error.message
    assert (error.file, error.line) == ("dags/hostile.py", TASK_LINE + 1)
    assert not target.exists()


@pytest.mark.parametrize(
    "act",
    [
        "os.remove({file!r})",
        "os.rename({file!r}, 'here')",
        "os.truncate({file!r}, 0)",
        "os.chmod({file!r}, 0o777)",
        "import shutil; shutil.rmtree({folder!r})",
        "os.symlink({folder!r}, 'link'); open('link/file', 'w')",
        "fd = os.open({folder!r}, os.O_RDONLY); os.remove('file', dir_fd=fd)",
        "import subprocess; subprocess.run(['sh', '-c', 'echo x > {file}'], check=True)",
        "import subprocess; subprocess.run(['rm', {file!r}], check=True)",
        "import sqlite3; sqlite3.connect({file!r} + '.db')",
    ],
)
def test_nothing_outside_is_changed(hostile: Callable[..., RunOutcome], tmp_path: Path, act: str) -> None:
    folder = tmp_path / "outside"
    folder.mkdir()
    file = folder / "file"
    file.write_text("precious")
    outcome = hostile(act.format(file=str(file), folder=str(folder)))
    assert outcome.state == "failed"
    assert file.read_text() == "precious"
    assert [entry.name for entry in folder.iterdir()] == ["file"]


def test_own_folders_and_those_that_the_test_gives_can_be_written(
    hostile: Callable[..., RunOutcome], tmp_path: Path
) -> None:
    given = tmp_path / "given"
    given.mkdir()
    body = f"""
    import pathlib, tempfile, subprocess
    pathlib.Path("relative.txt").write_text("x")
    pathlib.Path("~/home.txt").expanduser().write_text("x")
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, "a").write_text("x")
    subprocess.run(["sh", "-c", "echo x > sub.txt; echo x > /dev/null; mktemp"], check=True)
    pathlib.Path({str(given)!r}, "b").write_text("x")
    """
    outcome = hostile(body, writable=(given,))
    assert outcome.state == "success", outcome.tasks[0].error
    assert (given / "b").read_text() == "x"


def test_a_link_to_the_outside_can_be_removed(hostile: Callable[..., RunOutcome]) -> None:
    body = """
    import shutil
    os.makedirs("folder")
    for name in ("one", "two", "folder/three"):
        os.symlink("/etc/hostname", name)
    os.remove("one")
    os.rename("two", "four")
    shutil.rmtree("folder")
    """
    outcome = hostile(body)
    assert outcome.state == "success", outcome.tasks[0].error


def test_a_module_global_is_as_new_in_the_next_run(project: Project) -> None:
    body = "SEEN.append(1)\nos.environ['SEEN'] = '1'\nsys.path.append('/seen')\nos.chdir('/')\nreturn len(SEEN)"
    project.write(body, top="import json\nSEEN = getattr(json, 'seen', [])\njson.seen = SEEN")
    outcomes = [project.run() for _ in range(3)]
    assert [outcome.tasks[0].output for outcome in outcomes] == [1, 1, 1]
    assert "SEEN" not in os.environ  # noqa: TID251 - that of this test


def test_the_end_of_the_process_that_forks_is_told_and_a_new_one_started(project: Project) -> None:
    project.write("import signal\nos.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(5)")
    outcome = project.run()
    assert outcome.state is None
    assert outcome.error is not None
    assert "signal 9" in outcome.error.message
    assert project.run("innocent").state == "success"


def test_what_is_printed_never_reaches_the_answer(project: Project) -> None:
    project.write("os.write(1, b'x' * (1 << 20))\nos.write(2, b'y' * (1 << 20))\nprint('done')\nreturn 1")
    assert project.run().tasks[0].output == 1
