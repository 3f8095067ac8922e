"""A workflow that is another one each time is found, with what differs."""

from collections.abc import Callable

import pytest

from airside.inspection.facts import FileFacts, Instability

Read = Callable[..., dict[str, FileFacts]]

HEAD = (
    "import random, time, uuid\nfrom datetime import datetime\nfrom airflow.sdk import DAG\n"
    "from airflow.providers.standard.operators.bash import BashOperator\n"
)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("with DAG('x', start_date=datetime.now()): pass\n", {"start_date"}),
        (
            "with DAG('x'):\n  BashOperator(task_id='load', bash_command=f'echo {uuid.uuid4()}')\n",
            {"tasks.load.bash_command"},
        ),
        ("with DAG(f'x_{uuid.uuid4()}'): pass\n", {"dag_id"}),
        ("with DAG('x', tags=[str(time.time_ns())]): pass\n", {"tags"}),
    ],
)
def test_what_differs_is_named(read: Read, text: str, what: set[str]) -> None:
    facts = read({"dags/x.py": HEAD + text})["dags/x.py"]
    assert {found.what for found in facts.unstable} == what


def test_what_a_module_of_the_tree_makes_anew_is_found(read: Read) -> None:
    found = read(
        {
            "lib/__init__.py": "",
            "lib/ids.py": "import uuid\nRUN = uuid.uuid4().hex\n",
            "dags/x.py": "from lib.ids import RUN\nfrom airflow.sdk import DAG\nwith DAG('x', description=RUN): pass\n",
        }
    )
    assert found["dags/x.py"].unstable == (Instability(workflow="x", what="description"),)


@pytest.mark.parametrize(
    "text",
    [
        "x = datetime.now()\nwith DAG('x', start_date=datetime(2026, 1, 1)): pass\n",
        "random.seed(1)\nwith DAG(f'x_{random.random()}'): pass\n",
        "import lib.once\nprint(uuid.uuid4())\nwith DAG('x'): pass\n",
        (
            "import builtins\nbuiltins.n = getattr(builtins, 'n', 0) + 1\nuuid.uuid4()\n"
            "if builtins.n > 1: raise ValueError\nwith DAG('x'): pass\n"
        ),
    ],
)
def test_what_is_the_same_in_a_new_process_is_stable(read: Read, text: str) -> None:
    once = "import sys\nassert 'once' not in sys.modules\n"
    found = read({"dags/x.py": HEAD + text, "lib/__init__.py": "", "lib/once.py": once})
    facts = found["dags/x.py"]
    assert (facts.unstable, facts.failures) == ((), ())


def test_an_act_is_done_once(read: Read) -> None:
    text = "import os\nos.system('echo once')\nprint(uuid.uuid4())\nwith DAG('x'): pass\n"
    assert read({"dags/x.py": HEAD + text})["dags/x.py"].printed == len("once\n") + 37
