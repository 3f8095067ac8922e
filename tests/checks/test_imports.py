import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from airside.base.errors import FindingsError
from airside.checks.imports import ImportReport, check_imports

PYTHON = Path(sys.executable)
DAG = "from airflow.sdk import DAG\nwith DAG({id!r}): pass\n"

# One run of the child for all kinds of files: starting Airflow is what takes the time.
TREE = {
    ".airflowignore": "/lib/\n/configs/\n",
    "configs/shop.yaml": "name: shop",
    "lib/__init__.py": "",
    "lib/shop.py": (
        "from pathlib import Path\nNAME = Path(__file__).parent.parent.joinpath('configs/shop.yaml').read_text()[6:]\n"
    ),
    "lib/looks_like_a_dag.py": "# airflow dag\nraise SystemError('it is hidden')\n",
    "lib/broken.py": "import json\n\njson.loads('{')\n",
    "dags/shop.py": "from airflow.sdk import DAG\nfrom lib.shop import NAME\nwith DAG(NAME): pass\n",
    "dags/deep/two.py": DAG.format(id="two_a") + DAG.format(id="two_b"),
    "dags/helper.py": "VALUE = 1\nraise SystemError('not a DAG file')\n",
    "dags/none.py": "# airflow dag: a file without a workflow\n",
    "dags/.airflowignore": "ignored.py\n",
    "dags/ignored.py": "# airflow dag\nraise SystemError('it is ignored')\n",
    "dags/syntax.py": "from airflow.sdk import dag\n\nx = (\n",
    "dags/missing.py": "from airflow.sdk import dag\nimport nowhere_at_all\n",
    "dags/ours.py": "from airflow.sdk import dag\nimport tracebacks\n",
    "dags/in_lib.py": "from airflow.sdk import dag\n\n\nfrom lib import broken\n",
    "dags/lines.py": "from airflow.sdk import dag\nraise ValueError('one\\n  two\\nthree')\n",
    "dags/exits.py": "from airflow.sdk import dag\nimport sys\nprint('noise')\nsys.exit(3)\n",
    "dags/variable.py": "from airflow.sdk import dag, Variable\nVariable.get('x')\n",
    "dags/connection.py": "from airflow.sdk import dag\nfrom airflow.sdk import Connection\nConnection.get('x')\n",
    "dags/cron.py": "from airflow.sdk import DAG\nwith DAG('cron', schedule='x * *'): pass\n",
    "dags/same_1.py": DAG.format(id="same"),
    "dags/same_2.py": DAG.format(id="same"),
    "dags/unserializable.py": (
        "from airflow.sdk import DAG\n"
        "from airflow.timetables.simple import NullTimetable\n"
        "class NotRegistered(NullTimetable): pass\n"
        "with DAG('odd', schedule=NotRegistered()): pass\n"
    ),
}


def _write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _write(tmp_path_factory.mktemp("tree"), TREE)


@pytest.fixture(scope="module")
def report(root: Path) -> ImportReport:
    return check_imports(PYTHON, root)


@pytest.fixture(scope="module")
def faults(report: ImportReport) -> Callable[[str], list[str]]:
    return lambda file: [str(fault) for fault in report.faults if fault.file == file]


def test_the_workflows_are_those_that_airflow_would_serve(report: ImportReport) -> None:
    found = {(workflow.id, workflow.file) for workflow in report.workflows}
    assert {("shop", "dags/shop.py"), ("two_a", "dags/deep/two.py"), ("two_b", "dags/deep/two.py")} < found
    assert [workflow.id for workflow in report.workflows] == sorted(workflow.id for workflow in report.workflows)


@pytest.mark.parametrize(
    "file", ["dags/shop.py", "dags/none.py", "dags/helper.py", "dags/ignored.py", "dags/same_1.py"]
)
def test_a_file_that_airflow_accepts_or_never_reads_is_no_fault(faults: Callable[[str], list[str]], file: str) -> None:
    assert faults(file) == []


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("dags/syntax.py", "dags/syntax.py:3: SyntaxError: '(' was never closed"),
        ("dags/missing.py", "dags/missing.py:2: ModuleNotFoundError: No module named 'nowhere_at_all'"),
        ("dags/lines.py", "dags/lines.py:2: ValueError: one two three"),
        ("dags/exits.py", "dags/exits.py:4: SystemExit: 3"),
    ],
)
def test_a_broken_file_is_named_with_its_line(faults: Callable[[str], list[str]], file: str, said: str) -> None:
    assert faults(file) == [said]


def test_modules_of_airside_itself_are_not_on_the_path(faults: Callable[[str], list[str]]) -> None:
    assert faults("dags/ours.py") == ["dags/ours.py:2: ModuleNotFoundError: No module named 'tracebacks'"]


def test_an_error_in_a_library_names_both_places(faults: Callable[[str], list[str]]) -> None:
    (fault,) = faults("dags/in_lib.py")
    assert fault.startswith("dags/in_lib.py:4: json.decoder.JSONDecodeError: Expecting")
    assert fault.endswith("(lib/broken.py, line 3)")


@pytest.mark.parametrize("file", ["dags/variable.py", "dags/connection.py"])
def test_a_look_up_while_the_file_is_read_is_explained(faults: Callable[[str], list[str]], file: str) -> None:
    (fault,) = faults(file)
    assert "there is no database while a file is read" in fault


def test_a_schedule_that_airflow_does_not_accept_is_a_fault(faults: Callable[[str], list[str]]) -> None:
    assert "AirflowTimetableInvalid" in faults("dags/cron.py")[0]


def test_two_workflows_of_one_id_are_a_fault_of_the_second_file(faults: Callable[[str], list[str]]) -> None:
    (fault,) = faults("dags/same_2.py")
    assert fault.endswith("Ignoring DAG same from dags/same_2.py - also found in dags/same_1.py")


def test_a_workflow_that_cannot_be_serialized_is_a_fault(faults: Callable[[str], list[str]]) -> None:
    (fault,) = faults("dags/unserializable.py")
    assert "not registered" in fault


def test_nothing_else_is_a_fault_and_no_path_of_this_machine_is_shown(report: ImportReport, root: Path) -> None:
    assert len(report.faults) == 11
    assert str(root) not in "".join(map(str, report.faults))


def test_the_tree_is_as_it_was(report: ImportReport, root: Path) -> None:
    assert {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()} == set(TREE)


def test_options_of_the_workspace_hold(tmp_path: Path) -> None:
    _write(tmp_path, {"dags/plain.py": "from airflow.sdk import *\nraise ValueError('read')\n", "dags/x.py": "1/0\n"})
    variables = {"AIRFLOW__CORE__DAG_DISCOVERY_SAFE_MODE": "False"}
    report = check_imports(PYTHON, tmp_path, environment=variables)
    assert [fault.file for fault in report.faults] == ["dags/plain.py", "dags/x.py"]
    assert report.files == 2


def test_a_file_that_kills_python_is_named(tmp_path: Path) -> None:
    kill = "# airflow dag\nimport os, signal, sys\nprint('last words', file=sys.stderr, flush=True)\n"
    _write(tmp_path, {"dags/a.py": DAG.format(id="a"), "dags/kill.py": f"{kill}os.kill(os.getpid(), signal.SIGKILL)\n"})
    with pytest.raises(FindingsError, match=r"dags/kill\.py ended the Python .* \(signal 9\)") as found:
        check_imports(PYTHON, tmp_path)
    assert "last words" in found.value.message


def test_a_file_that_hangs_is_named(tmp_path: Path) -> None:
    _write(tmp_path, {"dags/hang.py": "# airflow dag\nimport time\ntime.sleep(60)\n"})
    with pytest.raises(FindingsError, match=r"dags/hang\.py was still being imported .* \(4 s\)"):
        check_imports(PYTHON, tmp_path, timeout=4)


def test_a_python_without_airflow_is_named(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "env")], check=True)
    with pytest.raises(FindingsError, match="No module named 'airflow'"):
        check_imports(tmp_path / "env" / "bin" / "python", tmp_path)


def test_a_python_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(FindingsError, match="cannot be run"):
        check_imports(tmp_path / "python", tmp_path)
