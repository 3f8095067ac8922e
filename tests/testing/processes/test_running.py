"""A workflow runs in a process of its own, and what it did comes back."""

import os
import threading
from pathlib import Path

import pytest

from airside.base.errors import UsageError
from airside.testing.given import Given
from airside.testing.loading import catalogue, serialized
from airside.testing.outcome import Need
from airside.testing.processes import Source, run

COUNT = """\
from airflow.sdk import dag, task

@dag(schedule=None)
def count():
    @task
    def one():
        {body}
    one()

count()
"""


@pytest.fixture
def source(tmp_path: Path) -> Source:
    """A plain Airflow project without DAG files."""
    root = tmp_path / "project"
    (root / "dags").mkdir(parents=True)
    return Source(root, root / "dags")


def write(source: Source, body: str, name: str = "count.py", top: str = "") -> Path:
    path = source.dags_folder / name
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text(f"{top}\n{COUNT.format(body=body)}")
    return path


def output(source: Source, **given: object) -> object:
    outcome = run(source, Given(dag_id="count", **given))  # type: ignore[arg-type]
    assert outcome.state == "success", outcome
    return outcome.tasks[0].output


def test_a_workflow_is_found_by_its_id(source: Source) -> None:
    write(source, "return 3", "some/where.py")
    assert output(source) == 3


def test_a_changed_file_is_read_again(source: Source) -> None:
    write(source, "return 1")
    assert output(source) == 1
    write(source, "return 10")
    assert output(source) == 10


def test_a_workflow_that_moved_to_another_file_is_found(source: Source) -> None:
    write(source, "return 1").rename(source.dags_folder / "first.py")
    assert output(source) == 1
    (source.dags_folder / "first.py").unlink()
    write(source, "return 2", "second.py")
    assert output(source) == 2


def test_a_mistyped_workflow_is_told_with_the_one_that_is_meant(source: Source) -> None:
    write(source, "return 1")
    with pytest.raises(UsageError, match="did you mean 'count'") as raised:
        run(source, Given(dag_id="cuont"))
    assert raised.value.hint == "There are: count."


def test_a_file_that_does_not_import_is_told_with_its_line_and_needs(source: Source) -> None:
    write(source, "return 1", top='from airflow.sdk import Variable\nLIMIT = Variable.get("limit")')
    outcome = run(source, Given(dag_id="count"))
    assert outcome.state is None
    assert outcome.error is not None
    assert (outcome.error.file, outcome.error.line) == ("dags/count.py", 2)
    assert "limit" in outcome.error.message
    assert outcome.needs == (Need("variable", "limit", is_given=False, file="dags/count.py", line=2),)


def test_a_variable_is_there_when_the_file_is_read(source: Source) -> None:
    write(source, "return LIMIT", top='from airflow.sdk import Variable\nLIMIT = Variable.get("limit")')
    assert output(source, variables={"limit": "7"}) == "7"


def test_a_file_that_ends_its_process_does_not_hide_others(source: Source) -> None:
    write(source, "return 1")
    (source.dags_folder / "bad.py").write_text("from airflow.sdk import DAG\nimport os\nos._exit(1)\n")
    assert output(source) == 1


def test_a_mistake_of_the_test_is_raised_in_it(source: Source) -> None:
    write(source, "return 1")
    with pytest.raises(UsageError, match="nosuch"):
        run(source, Given(dag_id="count", stub={"nosuch": 1}))


def test_large_values_travel_both_ways(source: Source) -> None:
    write(source, "from airflow.sdk import Variable; return Variable.get('v') * 2")
    assert output(source, variables={"v": "x" * (2 << 20)}) == "x" * (4 << 20)


def test_an_error_of_a_class_that_the_test_has_not_is_told(source: Source) -> None:
    top = "class Odd(Exception):\n    pass\n"
    write(source, "raise Odd('x')", top=top)
    outcome = run(source, Given(dag_id="count"))
    assert outcome.tasks[0].error is not None
    assert outcome.tasks[0].error.type == "Odd"


def test_modules_beside_dag_files_can_be_imported_and_those_above_not(source: Source) -> None:
    (source.dags_folder / "beside.py").write_text("VALUE = 4")
    (source.root / "above.py").write_text("VALUE = 5")
    write(source, "import beside; return beside.VALUE")
    assert output(source) == 4
    write(source, "import above; return above.VALUE")
    assert run(source, Given(dag_id="count")).state == "failed"


def test_a_workspace_imports_from_its_root(source: Source) -> None:
    (source.root / "airside.toml").write_text('[workspace]\nname = "w"\n[airflow.config.own]\nkey = "value"\n')
    (source.root / "lib").mkdir()
    (source.root / "lib" / "part.py").write_text("VALUE = 6")
    write(source, "from airflow.configuration import conf; from lib.part import VALUE; return conf.get('own', 'key')")
    assert output(source) == "value"


@pytest.mark.slow
def test_nothing_of_this_process_leads_to_a_real_airflow(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_REAL", "postgres://prod")
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "postgresql://prod/airflow")
    write(source, "import os; return [v for v in os.environ.values() if 'prod' in v]")
    assert output(source) == []


def test_threads_of_a_test_can_run_workflows(source: Source) -> None:
    write(source, "return 1")
    outputs: list[object] = []
    threads = [threading.Thread(target=lambda: outputs.append(output(source))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outputs == [1, 1, 1, 1]


def test_all_workflows_of_a_project_are_listed(source: Source) -> None:
    path = write(source, "return 1")
    broken = source.dags_folder / "broken.py"
    broken.write_text("from airflow.sdk import DAG\nraise ValueError('no')\n")
    found = catalogue(source)
    assert found.files == {"count": path}
    assert [str(error) for error in found.errors.values()] == ["ValueError: no"]
    assert list(found.errors) == [broken]


def test_a_file_that_ends_its_process_is_listed_as_an_error(source: Source) -> None:
    path = write(source, "return 1")
    bad = source.dags_folder / "bad.py"
    bad.write_text("from airflow.sdk import DAG\nimport os\nos._exit(1)\n")
    found = catalogue(source)
    assert found.files == {"count": path}
    assert list(found.errors) == [bad]
    assert found.errors[bad].file == "dags/bad.py"


def test_a_workflow_is_serialized_as_airflow_does(source: Source) -> None:
    write(source, "return 1")
    made = serialized(Source(source.root, source.dags_folder, "count"))
    assert made["dag"]["dag_id"] == "count"


def test_a_dag_object_of_the_test_is_run(source: Source) -> None:
    from airflow.sdk import DAG, task  # noqa: PLC0415 - of this test only

    mine = os.getpid()
    with DAG("own", schedule=None) as dag:

        @task
        def where() -> bool:
            return os.getpid() != mine

        where()
    outcome = run(Source(source.root, source.dags_folder, dag=dag), Given(dag_id="own"))
    assert outcome.state == "success", outcome
    assert outcome.tasks[0].output is True


def test_an_unknown_id_is_said_with_the_reason_of_each_file_that_does_not_import(source: Source) -> None:
    write(source, "return 1")
    write(source, "return 1", "team/broken.py", top="import there_is_no_such_module")
    with pytest.raises(UsageError) as caught:
        run(source, Given(dag_id="cuont"))
    assert "did you mean 'count'" in caught.value.message
    assert "\nteam/broken.py does not import: ModuleNotFoundError: No module named 'there_is_no" in caught.value.message


def test_causes_inside_of_libraries_are_told_without_their_frames(source: Source) -> None:
    write(source, 'import urllib.request; urllib.request.urlopen("http://example.org")')
    error = run(source, Given(dag_id="count")).tasks[0].error
    assert error is not None
    assert 'urllib.request.urlopen("http://example.org")' in error.traceback
    assert "socket.py" not in error.traceback
    assert "During handling of the above exception" in error.traceback
