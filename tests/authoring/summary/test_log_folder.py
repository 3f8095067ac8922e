import json
from pathlib import Path
from typing import Any

import pytest

from airside.authoring.summary.log_folder import LogFolder


def rendered(ti: Any, try_number: int) -> str:  # noqa: ANN401 - Airflow's
    index = f"map_index={ti.map_index}/" if ti.map_index >= 0 else ""
    return f"dag_id={ti.dag_id}/run_id={ti.run_id}/task_id={ti.task_id}/{index}attempt={try_number}.log"


@pytest.fixture
def folder(tmp_path: Path) -> LogFolder:
    return LogFolder(tmp_path, rendered, "orders", "run")


def failing(kind: str, value: str) -> str:
    return json.dumps({"event": "Task failed", "error_detail": [{"exc_type": kind, "exc_value": value, "frames": []}]})


def write(folder: LogFolder, *lines: str, task: str = "load", map_index: int = -1, attempt: int = 1) -> None:
    path = folder.log(task, map_index, attempt)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines))


def test_the_last_error_of_a_try_is_what_ended_it(folder: LogFolder) -> None:
    write(folder, failing("KeyError", "caught"), "no JSON", failing("ValueError", "\n no such table\nmore"), '{"a": 1}')
    assert folder.error("load", -1, 1) == "ValueError: no such table"


def test_an_exception_without_a_message_is_named(folder: LogFolder) -> None:
    write(folder, failing("AssertionError", ""))
    assert folder.error("load", -1, 1) == "AssertionError"


@pytest.mark.parametrize(
    "line",
    ["", "x", '{"error_detail": []}', '{"error_detail": null}', '{"error_detail": [{}]}', '{"error_detail": [3', "[]"],
)
def test_a_log_that_does_not_say_it_gives_no_error(folder: LogFolder, line: str) -> None:
    write(folder, line)
    assert folder.error("load", -1, 1) is None


def test_a_log_that_is_elsewhere_gives_nothing(folder: LogFolder) -> None:
    assert folder.error("load", -1, 1) is None
    assert folder.tries("load", -1) is None


def test_only_the_end_of_a_large_log_is_read(folder: LogFolder) -> None:
    write(folder, failing("KeyError", "early"), *("x" * 1023 for _ in range(300)), failing("ValueError", "late"))
    assert folder.error("load", -1, 1) == "ValueError: late"
    write(folder, failing("KeyError", "early"), *("x" * 1023 for _ in range(300)))
    assert folder.error("load", -1, 1) is None


def test_tries_are_counted_by_their_logs(folder: LogFolder) -> None:
    for attempt in (1, 2, 3):
        write(folder, map_index=4, attempt=attempt)
    assert folder.tries("load", 4) == 3
    assert folder.tries("load", 5) is None


def test_a_summary_is_beside_the_log_of_its_task_and_alone(folder: LogFolder) -> None:
    write(folder, task="summary")
    for value in ("ä", "b"):
        path = folder.write("summary", {"headline": value})
    assert json.loads(path.read_text()) == {"headline": "b"}
    assert sorted(each.name for each in path.parent.iterdir()) == ["attempt=1.log", "summary.json"]
