"""What a file does besides defining workflows is told with its place; what Python and its packages do is not."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from airside.inspection.facts import Event, FileFacts

Read = Callable[..., dict[str, FileFacts]]

HEAD = "import os, sqlite3, socket, subprocess, time, urllib.request\nfrom airflow.sdk import DAG\n"
END = "\nwith DAG('x'): pass\n"


def _read_one(read: Read, text: str, **others: str) -> FileFacts:
    return read({"dags/x.py": HEAD + text + END, **others}, ["dags/x.py"])["dags/x.py"]


@pytest.mark.parametrize(
    ("text", "kind", "detail"),
    [
        ("try: urllib.request.urlopen('http://example.com/x')\nexcept OSError: pass", "network", "example.com:80"),
        ("try: socket.create_connection(('192.0.2.1', 443))\nexcept OSError: pass", "network", "192.0.2.1:443"),
        ("try: socket.create_connection(('127.0.0.1', 9))\nexcept OSError: pass", "network", "127.0.0.1:9"),
        ("subprocess.run(['true', '--password=x'])", "process", "true"),
        ("subprocess.run('true --password=x', shell=True)", "process", "true"),
        ("os.system('true')", "process", "true"),
        ("open('out.txt', 'w').close()", "write", "out.txt"),
        ("os.makedirs('a/b')", "write", "a"),
        ("open('/etc/fstab').close()", "read", "/etc/fstab"),
        ("sqlite3.connect('some.db')", "database", "some.db"),
        ("time.sleep(0.01)", "sleep", "0.01 s"),
    ],
)
def test_an_act_is_told_with_its_line(read: Read, text: str, kind: str, detail: str) -> None:
    facts = _read_one(read, text)
    assert facts.failures == ()
    assert facts.events[0] == Event(kind=kind, detail=detail, file="dags/x.py", line=3, denied=kind == "network")  # type: ignore[arg-type]
    assert len(facts.events) == 1
    assert len(facts.workflows) == 1


def test_the_network_is_denied_and_the_exception_says_so(read: Read) -> None:
    [failure] = _read_one(read, "urllib.request.urlopen('https://example.com')").failures
    assert "example.com:443 cannot be reached: there is no network while a DAG file is checked" in failure.message


def _kernel_lets_us_leave_the_network() -> bool:
    probe = (
        "from airside.inspection import kernel\nkernel.leave_the_network()\n"
        "print(all(line.split(':')[0].strip() == 'lo' for line in open('/proc/self/net/dev').readlines()[2:]))"
    )
    said = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=False).stdout
    return said.strip() == "True"


@pytest.mark.skipif(not _kernel_lets_us_leave_the_network(), reason="the kernel forbids a network of one's own")
def test_a_library_in_c_has_no_network_either(read: Read) -> None:
    facts = _read_one(read, "import psycopg2\npsycopg2.connect('host=127.0.0.1 port=1 connect_timeout=3')")
    assert "psycopg2.OperationalError" in facts.failures[0].message
    assert "unreachable" in facts.failures[0].message.lower()


def test_an_act_in_a_module_of_the_tree_is_told_there(read: Read) -> None:
    lib = {"lib/__init__.py": "", "lib/slow.py": "import time\n\ndef wait():\n    time.sleep(0.01)\n\nwait()\n"}
    facts = _read_one(read, "from lib.slow import wait\nwait()", **lib)
    assert [(event.kind, event.file, event.line) for event in facts.events] == [("sleep", "lib/slow.py", 4)]


def test_a_place_is_told_once(read: Read) -> None:
    assert len(_read_one(read, "for _ in range(3): time.sleep(0.001)").events) == 1


@pytest.mark.parametrize(
    "text",
    [
        "import pendulum\nstart = pendulum.datetime(2026, 1, 1, tz='Europe/Paris')",
        "import zoneinfo\nstart = zoneinfo.ZoneInfo('America/New_York')",
        "import matplotlib.pyplot, pandas, numpy",
        "import multiprocessing, asyncio\nasyncio.run(asyncio.sleep(0))",
        "import logging\nlogging.getLogger('x').warning('hello')",
        "import inspect\ninspect.getsource(DAG)",
        "import tempfile, uuid, random, getpass\ntempfile.gettempdir(), getpass.getuser()",
        "import importlib.resources, certifi\ncertifi.contents()",
        "sqlite3.connect(':memory:')",
        "open('/dev/null', 'w').write('x')",
        "from jinja2 import Template\nTemplate('{{ x }}').render(x=1)",
    ],
)
def test_what_packages_do_is_not_told(read: Read, text: str) -> None:
    facts = _read_one(read, text)
    assert (facts.events, facts.failures) == ((), ())


def test_files_of_the_tree_that_are_read_are_no_events(read: Read) -> None:
    text = (
        "from pathlib import Path\nroot = Path(__file__).parent.parent\n"
        "names = [path.read_text() for path in sorted((root / 'configs').glob('*.yaml'))]\n"
    )
    facts = _read_one(read, text, **{"configs/a.yaml": "a", "configs/b.yaml": "b"})
    assert facts.events == ()
    assert facts.reads == ("configs/", "configs/a.yaml", "configs/b.yaml")


def test_a_link_farm_tells_the_paths_of_the_tree(read: Read, tmp_path: Path) -> None:
    real = tmp_path / "real" / "dags"
    real.mkdir(parents=True)
    (real / "a.txt").write_text("")
    (real / "y.py").write_text(
        "import os, time\nfrom airflow.sdk import DAG\n"
        "open(os.path.join(os.path.dirname(os.path.realpath(__file__)), 'a.txt')).close()\n"
        "time.sleep(0.001)\nwith DAG('y'): pass\n"
    )
    (tmp_path / "dags").symlink_to(real)
    facts = read({}, ["dags/y.py"])["dags/y.py"]
    assert facts.reads == ("dags/a.txt",)
    assert [(event.kind, event.file) for event in facts.events] == [("sleep", "dags/y.py")]
    assert facts.workflows[0].description.file == "dags/y.py"


@pytest.mark.parametrize(
    ("expression", "answer", "value"),
    [
        ("Variable.get('region')", "environment", "eu"),
        ("Variable.get('shape', deserialize_json=True)['sides']", "environment", "3"),
        ("Variable.get('nobody', 'mine')", "default", "mine"),
        ("Variable.get('nobody', default=None)", "default", "None"),
        ("Variable.get('nobody')", "placeholder", "0"),
        ("int(Variable.get('nobody'))", "placeholder", "0"),
        ("Variable.get('nobody', deserialize_json=True)['a']['b']", "placeholder", "0"),
        ("Variable.get('nobody', deserialize_json=True).get('a')", "placeholder", "0"),
        ("len(list(Variable.get('nobody', deserialize_json=True)))", "placeholder", "1"),
        ("Model.get('nobody', default_var='mine')", "default", "mine"),
        ("Model.get('nobody')", "placeholder", "0"),
    ],
)
def test_a_variable_is_told_and_answered(read: Read, expression: str, answer: str, value: str) -> None:
    text = (
        "from airflow.sdk import DAG, Variable\nfrom airflow.models import Variable as Model\n"
        f"value = {expression}\nwith DAG(f'v_{{value}}'): pass\n"
    )
    facts = read({"dags/x.py": text})["dags/x.py"]
    assert facts.failures == ()
    assert facts.workflows[0].description.id == f"v_{value}"
    [event] = facts.events
    assert (event.kind, event.line, event.answer) == ("variable", 3, answer)
    assert event.detail in {"region", "shape", "nobody"}


@pytest.mark.parametrize(
    ("expression", "answer", "value"),
    [
        ("Connection.get('dwh').host", "environment", "dwh.example"),
        ("BaseHook.get_connection('dwh').login", "environment", "me"),
        ("BaseHook.get_connection('nobody').host", "placeholder", "placeholder.invalid"),
        ("ModelHook.get_connection('nobody').conn_id", "placeholder", "nobody"),
    ],
)
def test_a_connection_is_told_and_answered(read: Read, expression: str, answer: str, value: str) -> None:
    text = (
        "from airflow.sdk import DAG, BaseHook, Connection\nfrom airflow.hooks.base import BaseHook as ModelHook\n"
        f"value = {expression}\nwith DAG(f'c_{{value}}'): pass\n"
    )
    facts = read({"dags/x.py": text})["dags/x.py"]
    assert facts.failures == ()
    assert facts.workflows[0].description.id == f"c_{value}"
    assert [(event.kind, event.line, event.answer) for event in facts.events] == [("connection", 3, answer)]


def test_a_failure_after_a_placeholder_names_the_look_up(read: Read) -> None:
    text = "from airflow.sdk import DAG, Variable\nwith DAG('x', schedule=Variable.get('cron')): pass\n"
    facts = read({"dags/x.py": text})["dags/x.py"]
    assert facts.failures[0].message.endswith("(the variable `cron` has no value here, and was answered with `0`)")
    assert facts.events[0].answer == "placeholder"
