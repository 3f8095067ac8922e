from pathlib import Path

import pytest

from airside.checking.changed_tests import changed_tests, read_tests
from airside.workspace.workspace import Workspace, open_workspace

FILES = {
    "airside.toml": '[workspace]\nname = "sales"\ndags = "dags"\ninclude = ["lib", "configs"]\n',
    "dags/orders.py": "from lib.sums import add\nfrom airflow.sdk import DAG\nDAG('orders')\n",
    "dags/returns.py": "from airflow.sdk import DAG\nDAG('returns')\nconfig.get('returns.limit')\n",
    "dags/many.py": "from airflow.sdk import DAG\nfor n in range(9):\n    DAG(f'made_{n}')\n",
    "lib/sums.py": "def add(): ...\n",
    "lib/other.py": "",
    "configs/returns.yaml": "limit: 1\n",
    "tests/functional/orders.yaml": "given: {connections: {dwh: {type: sqlite, tables: {o: data/rows.csv}}}}\n",
    "tests/functional/refunds.yaml": "workflow: 'returns'\nexpect: {}\n",
    "tests/functional/data/rows.csv": "a\n1\n",
    "tests/test_returns.py": "from lib.other import *\ndef test_one(): ...\n",
    "tests/test_apart.py": "def test_sums(): ...\n",
    "tests/test_both.py": (
        "def test_o(dag_run): dag_run('orders')\ndef test_r(task_run): task_run('returns.load')\n"
        "class TestX:\n    def test_x(self, task_run): task_run('load', workflow='orders')\n"
    ),
    "tests/test_made.py": "def test_m(dag_run): dag_run('made_3')\n",
    "tests/test_with_a_fixture.py": (
        "import pytest\n@pytest.fixture\ndef run(dag_run): return dag_run('orders')\ndef test_f(run): ...\n"
    ),
    "tests/test_with_a_name.py": "NAME = 'orders'\ndef test_n(dag_run): dag_run(NAME)\n",
    "tests/more/conftest.py": "",
    "tests/more/test_more.py": "def test_broken(: ...\n",
}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return open_workspace(tmp_path)


ORDERS = {
    "tests/functional/orders.yaml",
    "tests/test_both.py::TestX",
    "tests/test_both.py::test_o",
    "tests/test_with_a_fixture.py",
    "tests/test_with_a_name.py",
}
RETURNS = {"tests/functional/refunds.yaml", "tests/test_both.py::test_r", "tests/test_returns.py"}


def test_the_tests_of_a_workflow_are_found_by_what_they_run_and_what_they_are_called(workspace: Workspace) -> None:
    index = read_tests(workspace)
    assert set(index.of("orders")) == ORDERS
    assert set(index.of("returns")) == RETURNS
    assert index.of("more") == ("tests/more/test_more.py",)
    assert index.of("load") == ()
    assert index.named == {"orders", "returns", "made_3"}


MADE = {"tests/test_made.py::test_m"}


@pytest.mark.parametrize(
    ("changed", "affected"),
    [
        ("dags/orders.py", ORDERS | MADE),
        ("lib/sums.py", ORDERS | MADE),
        ("dags/returns.py", RETURNS | MADE),
        ("configs/returns.yaml", RETURNS - {"tests/test_both.py::test_r"} | MADE | {"tests/test_both.py"}),
        ("dags/many.py", MADE),
        ("lib/other.py", {"tests/test_returns.py"}),
        ("tests/test_apart.py", {"tests/test_apart.py"}),
        ("tests/functional/orders.yaml", {"tests/functional/orders.yaml"}),
        ("tests/functional/data/rows.csv", {"tests/functional/orders.yaml"}),
        ("tests/more/conftest.py", {"tests/more/test_more.py"}),
        ("README.md", set()),
        ("dags/gone.py", MADE),
    ],
)
def test_a_change_affects_the_tests_that_use_it_and_those_of_its_workflows(
    workspace: Workspace, changed: str, affected: set[str]
) -> None:
    assert set(changed_tests(workspace, [changed]) or ()) == affected


@pytest.mark.parametrize("changed", ["airside.toml", "requirements.lock", "tests/conftest.py", "pyproject.toml"])
def test_what_holds_for_all_tests_affects_all(workspace: Workspace, changed: str) -> None:
    assert changed_tests(workspace, [changed, "README.md"]) is None


def test_a_test_that_is_among_the_changed_is_not_run_twice(workspace: Workspace) -> None:
    found = changed_tests(workspace, ["dags/orders.py", "tests/test_both.py"]) or ()
    assert "tests/test_both.py" in found
    assert not [test for test in found if test.startswith("tests/test_both.py::")]
