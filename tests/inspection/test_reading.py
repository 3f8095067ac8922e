"""What is told of a file is what Airflow's dag processor would make of it."""

from collections.abc import Callable

import pytest

from airside.inspection.facts import FileFacts

Read = Callable[..., dict[str, FileFacts]]

DAG = "from airflow.sdk import DAG\nwith DAG({id!r}): pass\n"


def _ids(facts: FileFacts) -> list[str]:
    return [workflow.description.id for workflow in facts.workflows]


def test_the_files_are_those_that_airflow_lists(read: Read) -> None:
    found = read(
        {
            ".airflowignore": "/lib/\n",
            "lib/looks_like_a_dag.py": "# airflow dag\nraise SystemError('it is hidden')\n",
            "dags/.airflowignore": "ignored.py\n",
            "dags/ignored.py": "# airflow dag\nraise SystemError('it is ignored')\n",
            "dags/helper.py": "raise SystemError('not a DAG file')\n",
            "dags/none.py": "# airflow dag: a file without a workflow\n",
            "dags/deep/two.py": DAG.format(id="two_a") + DAG.format(id="two_b"),
        }
    )
    assert {file: _ids(facts) for file, facts in found.items()} == {
        "dags/none.py": [],
        "dags/deep/two.py": ["two_a", "two_b"],
    }
    assert not any(facts.failures or facts.events or facts.printed for facts in found.values())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("from airflow.sdk import dag\n\nx = (\n", "SyntaxError: '(' was never closed"),
        ("from airflow.sdk import dag\nimport nowhere_at_all\n", "ModuleNotFoundError: No module named"),
        ("from airflow.sdk import dag\nimport sys\nsys.exit(3)\n", "SystemExit: 3"),
        ("from airflow.sdk import dag\nraise KeyboardInterrupt\n", "KeyboardInterrupt"),
        (
            "from airflow.sdk import DAG\nwith DAG('cron', schedule='x * *'): pass\n",
            "AirflowTimetableInvalid: Exactly 5, 6",
        ),
        (
            (
                "from airflow.sdk import DAG\n"
                "from airflow.providers.standard.operators.empty import EmptyOperator as E\n"
                "with DAG('x'): E(task_id='a', executor='Nobodys')\n"
            ),
            "UnknownExecutorException: Task 'a' specifies executor 'Nobodys'",
        ),
        (
            (
                "from airflow.sdk import DAG\n"
                "from airflow.providers.standard.operators.empty import EmptyOperator as E\n"
                "with DAG('x'):\n  a, b = E(task_id='a'), E(task_id='b')\n  a >> b >> a\n"
            ),
            "AirflowDagCycleException",
        ),
        (
            (
                "from airflow.sdk import DAG\n"
                "from airflow.timetables.simple import NullTimetable\n"
                "class NotRegistered(NullTimetable): pass\n"
                "with DAG('odd', schedule=NotRegistered()): pass\n"
            ),
            ".NotRegistered' is not registered",
        ),
    ],
)
def test_what_airflow_would_show_as_an_import_error_is_a_failure(read: Read, text: str, message: str) -> None:
    [failure] = read({"dags/x.py": text})["dags/x.py"].failures
    assert failure.kind == "exception"
    assert message in failure.message


def test_a_workflow_that_cannot_be_served_does_not_take_the_others_of_its_file_with_it(read: Read) -> None:
    text = (
        "from airflow.sdk import DAG\nfrom airflow.timetables.simple import NullTimetable\n"
        "class NotRegistered(NullTimetable): pass\n"
        "with DAG('odd', schedule=NotRegistered()): pass\nwith DAG('even'): pass\n"
    )
    facts = read({"dags/x.py": text})["dags/x.py"]
    assert _ids(facts) == ["even"]
    assert len(facts.failures) == 1


def test_a_workflow_id_that_one_file_defines_twice_is_there_twice(read: Read) -> None:
    other = "with DAG('same', tags=['other']): pass\n"
    facts = read({"dags/x.py": DAG.format(id="same") + other})["dags/x.py"]
    assert _ids(facts) == ["same", "same"]


def test_a_failure_tells_the_lines_that_led_to_it(read: Read) -> None:
    found = read(
        {
            "lib/__init__.py": "",
            "lib/broken.py": "import json\n\njson.loads('{')\n",
            "dags/x.py": "from airflow.sdk import dag\n\nfrom lib import broken\n",
        }
    )
    facts = found["dags/x.py"]
    assert '/dags/x.py", line 3' in facts.failures[0].traceback
    assert '/lib/broken.py", line 3' in facts.failures[0].traceback
    assert facts.modules == ("lib/__init__.py", "lib/broken.py")


def test_a_second_file_with_the_same_module_names_it_too(read: Read) -> None:
    found = read(
        {
            "lib/__init__.py": "",
            "lib/names.py": "NAME = 'n'\n",
            "dags/a.py": "from lib.names import NAME\n" + DAG.format(id="a"),
            "dags/b.py": "from lib.names import NAME\n" + DAG.format(id="b"),
            "dags/c.py": "from lib.names import NAME\n" + DAG.format(id="c"),
        }
    )
    assert {facts.modules for facts in found.values()} == {("lib/__init__.py", "lib/names.py")}


def test_warnings_are_told_with_their_lines(read: Read) -> None:
    text = (
        "import warnings\nfrom datetime import datetime\nfrom airflow.sdk import DAG\n"
        "warnings.warn('old', FutureWarning)\n"
        "with DAG('x', start_date=datetime.now()): pass\n"
    )
    facts = read({"dags/x.py": text})["dags/x.py"]
    assert ("FutureWarning: old", 4) in facts.warnings
    assert ("RuntimeVaryingValue: Don't use runtime-varying value as argument in Dag constructor", 5) in facts.warnings
    assert facts.printed == 0


@pytest.mark.parametrize("content", ["[\n", b"\xff\xfe\n"], ids=["no pattern", "no text"])
def test_an_ignore_file_on_which_airflow_fails_is_a_failure_and_hides_nothing(read: Read, content: str | bytes) -> None:
    found = read({"dags/.airflowignore": content if content != "[\n" else "!\n", "dags/x.py": DAG.format(id="x")})
    assert found["dags/.airflowignore"].failures[0].kind == "exception"
    if content == "[\n":
        assert _ids(found["dags/x.py"]) == ["x"]


def test_files_can_be_named(read: Read) -> None:
    found = read({"dags/a.py": DAG.format(id="a"), "dags/b.py": DAG.format(id="b")}, ["dags/b.py"])
    assert list(found) == ["dags/b.py"]


def test_a_file_that_does_not_look_like_one_is_skipped_as_airflow_does(read: Read) -> None:
    assert read({"dags/helper.py": "x = 1\n"}, ["dags/helper.py"])["dags/helper.py"].skipped


def test_time_and_memory_are_told(read: Read) -> None:
    text = "import time\ntime.sleep(0.2)\nx = b'.' * (64 << 20)\ndel x\n" + DAG.format(id="x")
    facts = read({"dags/x.py": text, "dags/y.py": DAG.format(id="y")})
    assert 0.2 <= facts["dags/x.py"].seconds < 2
    assert 64 << 20 <= facts["dags/x.py"].peak_bytes < 96 << 20
    assert facts["dags/y.py"].peak_bytes < 16 << 20
