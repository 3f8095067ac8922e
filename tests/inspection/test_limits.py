"""A file that does not behave is one finding; the others are read, and nothing survives."""

import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from airside.inspection.facts import FileFacts

Read = Callable[..., dict[str, FileFacts]]

HEAD = "from airflow.sdk import dag\nimport ctypes, os, signal, subprocess, sys, threading, time\n"
DAG = "from airflow.sdk import DAG\nwith DAG({id!r}): pass\n"


def _bad(read: Read, text: str) -> FileFacts:
    good = {f"dags/good_{number}.py": DAG.format(id=f"good_{number}") for number in range(6)}
    found = read({"dags/bad.py": HEAD + text, **good})
    for name in good:
        assert [workflow.description.id for workflow in found[name].workflows] == [Path(name).stem]
    return found["dags/bad.py"]


@pytest.mark.parametrize(
    "text",
    [
        "while True: time.sleep(1)\n",
        "while True: pass\n",
        (
            "signal.signal = lambda *_: None\nsignal.setitimer = lambda *_: None\n"
            "for n in (1, 2, 3, 14, 15): signal._signal = None\nwhile True: pass\n"
        ),
        (
            "for number in (signal.SIGTERM, signal.SIGALRM, signal.SIGINT): signal.signal(number, signal.SIG_IGN)\n"
            "while True: time.sleep(1)\n"
        ),
        "threading.Thread(target=time.sleep, args=(600,)).start()\nthreading.Event().wait()\n",
    ],
    ids=["sleeps", "spins", "disarms the alarm", "ignores signals", "waits for a thread"],
)
def test_a_file_that_hangs_is_ended_and_tells_where_it_was(read: Read, text: str) -> None:
    facts = _bad(read, text)
    [failure] = facts.failures
    assert (failure.kind, failure.message) == ("timeout", "it was not done after 4 s")
    assert '/dags/bad.py", line ' in failure.traceback
    assert facts.seconds >= 4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("os._exit(3)\n", "exit code 3"),
        ("os._exit(0)\n", "exit code 0"),
        ("os.kill(os.getpid(), signal.SIGKILL)\n", "SIGKILL (Killed)"),
        ("os.abort()\n", "SIGABRT (Aborted)"),
        ("ctypes.string_at(0)\n", "SIGSEGV (Segmentation fault)"),
    ],
)
def test_a_file_that_ends_its_process_is_told_how(read: Read, text: str, message: str) -> None:
    [failure] = _bad(read, text).failures
    assert (failure.kind, failure.message) == ("crash", message)
    if "SIGSEGV" in message or "SIGABRT" in message:
        assert '/dags/bad.py", line 3' in failure.traceback


@pytest.mark.parametrize(
    "text",
    [
        "x = b'.' * (2 << 30)\n",
        "x = bytearray(2 << 30)\n",
        "x = []\nwhile True: x.append('.' * 1_000_000)\n",
        "import mmap\nx = mmap.mmap(-1, 2 << 30)\nfor i in range(0, 2 << 30, 4096): x[i] = 1\n",
    ],
    ids=["at once", "untouched", "bit by bit", "shared"],
)
def test_a_file_that_eats_two_gibibytes_is_one_failure(read: Read, text: str) -> None:
    [failure] = _bad(read, text).failures
    assert failure.kind == "memory"
    assert '/dags/bad.py", line ' in failure.traceback


def test_megabytes_of_output_are_counted_and_forgotten(read: Read) -> None:
    text = "for _ in range(200): print('x' * 99_999)\nos.write(2, b'y' * 1_000_000)\nos.system('echo from a child')\n"
    facts = _bad(read, text + DAG.format(id="bad"))
    assert facts.printed == 200 * 100_000 + 1_000_000 + len("from a child\n")
    assert facts.failures == ()
    assert len(facts.workflows) == 1


def test_a_file_that_forks_is_read_once(read: Read) -> None:
    facts = _bad(read, "os.fork()\n" + DAG.format(id="bad"))
    assert [workflow.description.id for workflow in facts.workflows] == ["bad"]
    assert [(event.kind, event.line) for event in facts.events] == [("process", 3)]


@pytest.mark.parametrize(
    "text",
    [
        "subprocess.Popen(['sleep', {mark!r}])\n",
        "subprocess.Popen(['sleep', {mark!r}], start_new_session=True)\n",
        (
            "if os.fork() == 0:\n  os.setsid()\n"
            "  if os.fork() == 0: os.execvp('sleep', ['sleep', {mark!r}])\n  os._exit(0)\n"
        ),
        "subprocess.Popen(['sh', '-c', 'trap \"\" TERM HUP INT; setsid sleep {mark} & sleep {mark}'])\n",
        "subprocess.Popen(['sleep', {mark!r}], start_new_session=True)\nwhile True: pass\n",
        "subprocess.Popen(['sleep', {mark!r}], start_new_session=True)\nos._exit(1)\n",
    ],
    ids=["a child", "a session", "a daemon", "a shell", "and hangs", "and exits"],
)
def test_nothing_that_a_file_starts_survives(read: Read, text: str) -> None:
    mark = f"{time.time_ns() % 10**9 + 10**9}"
    _bad(read, text.format(mark=mark))
    deadline = time.monotonic() + 2
    while (left := _sleepers(mark)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert left == []


def _sleepers(mark: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if mark in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return found


def test_what_one_file_does_to_its_process_the_next_does_not_see(read: Read) -> None:
    spoil = (
        "import os, sys, json, types, logging, warnings, airflow.sdk\n"
        "sys.path.insert(0, '/nowhere')\nos.environ['SPOILT'] = '1'\nos.chdir('/')\njson.dumps = None\n"
        "sys.modules['spoilt'] = types.ModuleType('spoilt')\nairflow.sdk.DAG.spoilt = True\n"
        "logging.getLogger().handlers.append(logging.NullHandler())\nwarnings.simplefilter('error')\n"
    )
    look = (
        "import os, sys, json\nfrom airflow.sdk import DAG\n"
        "found = ['/nowhere' in sys.path, 'SPOILT' in os.environ, os.getcwd() == '/', json.dumps is None,"
        " 'spoilt' in sys.modules, hasattr(DAG, 'spoilt')]\n"
        "with DAG('seen_' + '_'.join(map(str, found))): pass\n"
    )
    texts = {f"dags/f{n:02}.py": (spoil + DAG.format(id=f"s{n}") if n % 2 else look) for n in range(12)}
    for name, facts in read(texts).items():
        if "seen" in texts[name]:
            assert [w.description.id for w in facts.workflows] == ["seen_" + "_".join(["False"] * 6)]


@pytest.mark.parametrize(
    "spoil",
    [
        "DAG.spoilt = True\n",
        (
            "from airflow.providers.standard.operators.bash import BashOperator\n"
            "BashOperator.template_fields_renderers['spoilt'] = 'x'\n"
        ),
        (
            "from airflow.providers.standard.operators.bash import BashOperator\n"
            "BashOperator.template_fields_renderers.update(spoilt='x')\n"
        ),
        (
            "from airflow.providers.standard.operators.bash import BashOperator as B\n"
            "getattr(B.template_fields_renderers, 'update')(spoilt='x')\n"
        ),
    ],
)
def test_a_file_that_changes_an_object_of_airflow_does_not_share_its_process(read: Read, spoil: str) -> None:
    look = (
        "from airflow.sdk import DAG\nfrom airflow.providers.standard.operators.bash import BashOperator\n"
        "with DAG(f\"seen_{hasattr(DAG, 'spoilt') or 'spoilt' in BashOperator.template_fields_renderers}\"): pass\n"
    )
    texts = {f"dags/f{n:02}.py": ("from airflow.sdk import DAG\n" + spoil if n % 2 else look) for n in range(12)}
    seen = {w.description.id for facts in read(texts).values() for w in facts.workflows}
    assert seen == {"seen_False"}
