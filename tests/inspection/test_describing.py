import ast
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path

import msgspec
import pytest

from airside.inspection.describing.fingerprints import _text
from airside.release.description import WorkflowDescription, describe

_FLOW = """\
from datetime import datetime, timedelta
from airflow.sdk import DAG, Asset, Param, dag, task, task_group, setup, teardown
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.python import PythonOperator
from helpers import scale


class Settings:
    def __init__(self): self.tables = {"orders", "shops", "returns"}


def load(settings): return scale(1)


with DAG(
    "flow",
    schedule="0 3 * * *",
    start_date=datetime(2026, 1, 1),
    catchup=True,
    dagrun_timeout=timedelta(hours=3),
    tags=["b", "a"],
    params={"size": Param(3, type="integer"), "day": "x"},
    default_args={"owner": "sales", "retries": 2, "retry_delay": timedelta(seconds=90)},
    description="Loads",
) as flow:
    first = PythonOperator(task_id="first", python_callable=load, op_args=[Settings()], pool="small")
    last = BashOperator(task_id="last", bash_command="x", trigger_rule="all_done", outlets=[Asset("out")])
    other = PythonOperator(task_id="lambda", python_callable=lambda: {"x", "y"}, on_failure_callback=lambda c: 1)

    @task_group
    def group():
        @task(execution_timeout=timedelta(minutes=5))
        def mapped(x): return x
        mapped.expand(x=[1, 2])

    first >> group() >> last
"""

_HELPERS = "def scale(x): return x * FACTOR\nFACTOR = 2\n"

_PROGRAM = """
import sys, warnings, logging
warnings.simplefilter("ignore")
from pathlib import Path
import msgspec
from airflow.dag_processing.dagbag import BundleDagBag
from airside.inspection.describing import describe_workflow, record_making
from airside.inspection.places import Tree
record_making()
for root in sorted(Path(sys.argv[1]).iterdir()):
    sys.modules.pop("helpers", None)
    sys.path.insert(0, str(root / "lib"))
    bag = BundleDagBag(str(root / "dags/flow.py"), bundle_path=root, bundle_name="test", load_op_links=False)
    assert not bag.import_errors, bag.import_errors
    (dag,) = bag.dags.values()
    facts = describe_workflow(dag, Tree(root))
    assert not facts.faults, facts.faults
    (root / "result.json").write_bytes(msgspec.json.encode(facts.description))
    sys.path.remove(str(root / "lib"))
"""


def _described(folder: Path, *flows: str, helpers: Sequence[str] = (), seed: str = "0") -> list[bytes]:
    """Describe workflows in a process of its own, whose sets have an order of their own."""
    roots = [folder / "roots" / f"{number:03}" for number in range(len(flows))]
    for root, flow, helper in zip_longest(roots, flows, helpers, fillvalue=_HELPERS):
        for path, text in {"dags/flow.py": flow, "lib/helpers.py": helper}.items():
            Path(root, path).parent.mkdir(parents=True)
            Path(root, path).write_text(str(text))
    environment = {
        "PATH": os.environ["PATH"],  # noqa: TID251 - a test process is its own program
        "AIRFLOW_HOME": str(folder / "home"),
        "_AIRFLOW__AS_LIBRARY": "1",
        "PYTHONHASHSEED": seed,
    }
    command = [sys.executable, "-c", _PROGRAM, str(folder / "roots")]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    return [(root / "result.json").read_bytes() for root in roots]


def _workflow(described: bytes) -> WorkflowDescription:
    return msgspec.json.decode(described, type=WorkflowDescription)


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    (described,) = _described(tmp_path_factory.mktemp("described"), _FLOW)
    return described


@pytest.fixture
def workflow(described: bytes) -> WorkflowDescription:
    return _workflow(described)


def test_two_processes_describe_a_workflow_with_the_same_bytes(described: bytes, tmp_path: Path) -> None:
    (again,) = _described(tmp_path, _FLOW, seed="4242")

    assert again == described
    assert b" at 0x" not in described


def test_a_workflow_is_described_whole(workflow: WorkflowDescription) -> None:
    assert (workflow.id, workflow.file, workflow.line) == ("flow", "dags/flow.py", 15)
    assert (workflow.schedule, workflow.start_date) == ("0 3 * * *", "2026-01-01T00:00:00+00:00")
    assert json.loads(workflow.timetable or "")["__type"].endswith("CronTriggerTimetable")
    assert (workflow.catchup, workflow.run_timeout) == (True, "3:00:00")
    assert (workflow.owners, workflow.tags, workflow.documented) == (("sales",), ("a", "b"), True)
    assert json.loads(workflow.params["size"]) == {"default": 3, "description": None, "schema": {"type": "integer"}}
    assert json.loads(workflow.params["day"])["default"] == "x"


def test_tasks_are_described_in_the_order_of_their_ids(workflow: WorkflowDescription) -> None:
    first, mapped, _, last = workflow.tasks
    assert [task.id for task in workflow.tasks] == ["first", "group.mapped", "lambda", "last"]
    assert (first.operator, first.pool, first.line, first.upstream) == ("PythonOperator", "small", 26, ())
    assert (first.retries, first.retry_delay, first.owner) == (2, "0:01:30", "sales")
    assert (mapped.mapped, mapped.group, mapped.execution_timeout, mapped.line) == (True, "group", "0:05:00", 34)
    assert (last.upstream, last.trigger_rule, last.outlets) == (("group.mapped",), "all_done", ("out",))
    assert last.module == "airflow.providers.standard.operators.bash"


def test_a_description_of_the_release_can_be_made_of_it(workflow: WorkflowDescription) -> None:
    assert describe([workflow]).digest == describe([workflow]).digest


_CHANGES: dict[tuple[str, str], set[str]] = {
    ("from helpers", "# a comment\n\nfrom helpers"): set(),
    ("return scale(1)", "return scale(1)  # as ever"): set(),
    ("return scale(1)", "return scale(2)"): {"first"},
    ('bash_command="x"', 'bash_command="y"'): {"last"},
    ('{"x", "y"}', '{"x", "z"}'): {"lambda"},
    ("lambda c: 1", "lambda c: 2"): {"lambda"},
    ("def mapped(x): return x", "def mapped(x): return -x"): {"group.mapped"},
    ("expand(x=[1, 2])", "expand(x=[1, 3])"): {"group.mapped"},
    ('"returns"', '"refunds"'): {"first"},
    ("x * FACTOR", "x + FACTOR"): {"first"},
    ('"0 3 * * *"', '"0 4 * * *"'): set(),
    ("2026, 1, 1", "2026, 2, 1"): set(),
    ("catchup=True", "catchup=False"): set(),
    ('"a"]', '"c"]'): set(),
    ("Param(3", "Param(4"): set(),
    ('"retries": 2', '"retries": 3'): set(),
    ('"owner": "sales"', '"owner": "stock"'): set(),
    ('pool="small"', 'pool="large"'): set(),
    ("minutes=5", "minutes=6"): set(),
    ("all_done", "one_done"): set(),
}


def test_a_fingerprint_changes_with_what_the_task_does(workflow: WorkflowDescription, tmp_path: Path) -> None:
    flows = [_FLOW.replace(old, new) for old, new in _CHANGES]
    helpers = [_HELPERS.replace(old, new) for old, new in _CHANGES]

    described = [_workflow(one) for one in _described(tmp_path, *flows, helpers=helpers)]

    before, *after = ({task.id: task.fingerprint for task in one.tasks} for one in (workflow, *described))
    changed = [{name for name in before if before[name] != one[name]} for one in after]
    assert dict(zip(_CHANGES, changed, strict=True)) == _CHANGES


_TASKFLOW = """\
from datetime import datetime
from airflow.sdk import dag, task

@dag(schedule="@daily", start_date=datetime(2026, 1, 1), catchup=False)
def flow():
    @task
    def first(): return 1
    @task
    def second(): return 2
    @task
    def both(a, b): return a - b
    both(first(), second())

flow()
"""

_TASKFLOW_CHANGES: dict[tuple[str, str], set[str]] = {
    ('"@daily"', '"@hourly"'): set(),
    ("2026, 1, 1", "2026, 3, 1"): set(),
    ("catchup=False", "catchup=True, max_active_runs=1"): set(),
    ("return 2", "return 3"): {"second"},
    ("both(first(), second())", "both(second(), first())"): {"both"},
}


def test_what_is_said_of_the_workflow_changes_no_task_in_it(tmp_path: Path) -> None:
    flows = [_TASKFLOW, *(_TASKFLOW.replace(old, new) for old, new in _TASKFLOW_CHANGES)]

    before, *after = (
        {task.id: task.fingerprint for task in _workflow(one).tasks} for one in _described(tmp_path, *flows)
    )

    changed = [{name for name in before if before[name] != one[name]} for one in after]
    assert dict(zip(_TASKFLOW_CHANGES, changed, strict=True)) == _TASKFLOW_CHANGES


def test_code_has_the_same_text_whatever_python_reads_it() -> None:
    """Python 3.12 gave functions a field more, 3.13 leaves the empty ones out of its own text."""
    (node,) = ast.parse("def f(x): return [x, 'y']").body
    assert isinstance(node, ast.FunctionDef)
    assert _text(node) == (
        "FunctionDef(name='f', args=arguments(args=[arg(arg='x')]), body=[Return(value=List(elts=["
        "Name(id='x', ctx=Load()), Constant(value='y')], ctx=Load()))])"
    )


_SCHEDULES = {"None": None, '"@daily"': "0 0 * * *", "timedelta(hours=2)": "2:00:00", '"@once"': "@once"}


def test_a_schedule_is_described_as_airflow_shows_it(tmp_path: Path) -> None:
    head = "from datetime import timedelta\nfrom airflow.sdk import DAG\n"
    flows = [f'{head}with DAG("flow", schedule={schedule}): pass\n' for schedule in _SCHEDULES]

    shown = [_workflow(described).schedule for described in _described(tmp_path, *flows)]

    assert shown == list(_SCHEDULES.values())
