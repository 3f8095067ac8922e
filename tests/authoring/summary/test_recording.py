"""`report` in a task: what of it reaches Airflow, and what a wrong report does where."""

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from airflow.sdk.execution_time.context import set_current_context
from airflow.sdk.log import mask_secret

from airside import report
from airside.base.errors import UsageError
from airside.running.serving import announce

Serve = Callable[[str], None]


class Task:
    """A task instance as the task process has it, with its XComs."""

    task_id = "load"
    map_index: int | None = -1

    def __init__(self) -> None:
        self.xcoms: dict[str, Any] = {}
        self.broken: Exception | None = None
        self.answers_in = 0.0

    def xcom_pull(self, *, task_ids: str, key: str, map_indexes: int) -> object:
        assert (task_ids, map_indexes) == ("load", -1)
        found = self.xcoms.get(key)
        time.sleep(self.answers_in)
        return found

    def xcom_push(self, *, key: str, value: object) -> None:
        if self.broken is not None:
            raise self.broken
        self.xcoms[key] = value


@pytest.fixture
def task() -> Iterator[Task]:
    running = Task()
    with set_current_context({"ti": running}):
        yield running


@pytest.fixture
def serve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Serve:
    """Let this process run the code of an environment."""

    def serving(environment: str) -> None:
        announce(tmp_path, environment)
        monkeypatch.syspath_prepend(str(tmp_path))

    return serving


def test_several_calls_are_one_report(task: Task) -> None:
    report(rows=1, url="https://example.org/a")
    whole = report(rows=2, score=0.5, url="https://example.org/b")
    assert whole["figures"] == {"rows": 3, "score": 0.5}
    assert whole["urls"] == ["https://example.org/a", "https://example.org/b"]
    assert task.xcoms == {"airside_report": whole}


def test_threads_of_one_task_report_together(task: Task) -> None:
    task.answers_in = 0.002
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: report(rows=1), range(40)))
    assert task.xcoms["airside_report"]["figures"] == {"rows": 40}


def test_a_task_that_is_not_mapped_may_have_no_index(task: Task) -> None:
    task.map_index = None
    assert report(rows=1)["figures"] == {"rows": 1}


def test_a_secret_that_the_task_has_read_is_masked(task: Task) -> None:
    mask_secret("hunter2hunter2")
    assert report(url="https://hooks.example.org/hunter2hunter2/x")["urls"] == ["https://hooks.example.org/***/x"]


def test_in_production_what_cannot_be_reported_is_left_out(
    task: Task, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    serve("production")
    with caplog.at_level(logging.WARNING):
        report(rows="many", files=2)  # type: ignore[arg-type]  # what this is about
    assert task.xcoms["airside_report"]["figures"] == {"files": 2}
    assert "`rows` is a str, which is no number" in caplog.text


def test_in_dev_what_cannot_be_reported_is_an_error(task: Task, serve: Serve) -> None:
    serve("dev")
    with pytest.raises(UsageError, match="`rows` is a str"):
        report(rows="many", files=2)  # type: ignore[arg-type]  # what this is about


@pytest.mark.parametrize("error", [RuntimeError("the API server is away"), OSError("the bucket of the XCom backend")])
def test_an_airflow_that_does_not_take_it_fails_no_task(
    task: Task, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    task.broken = error
    assert report(rows=1)["figures"] == {"rows": 1}
    assert "What this task reports could not be written" in caplog.text
