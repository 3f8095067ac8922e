import subprocess
import sys
import time
from pathlib import Path

import psutil

from airside.platform.processes import below, end, inside

STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
)


def sleeper(folder: Path, code: str = "print('ready', flush=True); import time; time.sleep(60)") -> psutil.Process:
    process = subprocess.Popen([sys.executable, "-c", code], cwd=folder, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == "ready\n"
    process.returncode = 0  # psutil waits for it, not Popen
    return psutil.Process(process.pid)


def test_a_process_is_found_by_the_folder_it_runs_in(tmp_path: Path) -> None:
    process = sleeper(tmp_path)
    assert inside({tmp_path, tmp_path / "other"}) == [process]
    assert inside({tmp_path / "other"}) == []
    assert end([process]) == 1


def test_what_a_found_process_has_started_elsewhere_is_found_too(tmp_path: Path) -> None:
    code = "import subprocess as s, time; s.Popen(['sleep', '62'], cwd='/'); print('ready', flush=True); time.sleep(60)"
    process = sleeper(tmp_path, code)
    found = inside({tmp_path})
    assert [each.name() for each in found if each != process] == ["sleep"]
    assert end(found) == 2


def test_a_process_that_ignores_the_polite_signal_is_killed(tmp_path: Path) -> None:
    process = sleeper(tmp_path, STUBBORN)
    started = time.monotonic()
    assert end([process]) == 1
    assert not process.is_running()
    assert time.monotonic() - started < 15


def test_what_has_ended_already_is_not_counted(tmp_path: Path) -> None:
    process = sleeper(tmp_path)
    assert end([process]) == 1
    assert end([process]) == 0
    assert below(process.pid) == []
