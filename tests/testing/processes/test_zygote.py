"""The process that forks begins with the first run, and ends with the process of the tests, however that ends."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from airside.testing.given import Given
from airside.testing.processes import Source, asking, run, start, stop

HANGING = """\
import time
from airflow.sdk import dag, task

@dag(schedule=None)
def hanging():
    @task
    def hang():
        open("begun", "w").close()
        while True:
            time.sleep(1)
    hang()

hanging()
"""

PARENT = """\
import signal
import sys
from pathlib import Path
from airside.testing.given import Given
from airside.testing.processes import Source, run

signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background of a script has it ignored

run(Source(Path(sys.argv[1]), Path(sys.argv[1])), Given(dag_id="hanging", timeout=300))
"""


def descendants(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            yield child
            yield from descendants(child)


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(holds: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end, what
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left_of_tests_that_are_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    (tmp_path / "dags").mkdir()
    # As BashOperator does: a program in a session of its own, which no signal to the group of the run reaches.
    program = 'subprocess.Popen(["sleep", "300"], start_new_session=True)'
    begins = f"import subprocess\n        {program}\n        open("
    (tmp_path / "dags" / "hanging.py").write_text(HANGING.replace("open(", begins))
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path / "dags")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as parent:
        wait_until(lambda: any(temporary.rglob("begun")) or parent.poll() is not None, "the workflow never began")
        assert parent.poll() is None
        family = list(descendants(parent.pid))
        assert len(family) >= 3
        parent.send_signal(number)
        parent.wait()
    wait_until(lambda: not any(map(is_alive, family)), "a process is left")
    wait_until(lambda: not any(temporary.iterdir()), "a folder is left")


def test_an_interrupt_of_a_run_does_not_disturb_the_next(tmp_path: Path) -> None:
    (tmp_path / "hanging.py").write_text(HANGING)
    quick = HANGING.replace("hanging", "quick").replace("while True", "for _ in ()")
    (tmp_path / "quick.py").write_text(quick)
    source = Source(tmp_path, tmp_path)
    assert run(source, Given(dag_id="quick")).state == "success"

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    try:
        with pytest.raises(KeyboardInterrupt):
            run(source, Given(dag_id="hanging", timeout=300))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert run(source, Given(dag_id="quick")).state == "success"


def test_stopping_leaves_no_process_and_no_folder(tmp_path: Path) -> None:
    (tmp_path / "quick.py").write_text(HANGING.replace("hanging", "quick").replace("while True", "for _ in ()"))
    source = Source(tmp_path, tmp_path)
    assert run(source, Given(dag_id="quick")).state == "success"
    homes = [zygote.home for zygote in asking.zygotes()]
    assert homes
    stop()
    assert not any(home.exists() for home in homes)
    assert run(source, Given(dag_id="quick")).state == "success"


def test_one_that_was_never_used_is_ended_at_once_and_leaves_no_folder(tmp_path: Path) -> None:
    stop()
    start(Source(tmp_path, tmp_path))
    (zygote,) = asking.zygotes()
    assert zygote.is_usable
    stop()
    assert asking.zygotes() == ()
    assert not zygote.home.exists()


def test_pytest_imports_no_airflow() -> None:
    code = (
        "import sys; from airside.testing import processes, loading; print([m for m in sys.modules if 'airflow' in m])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
