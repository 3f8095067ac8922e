"""The corpus of workflows on a running Airflow, and what its API says of their runs."""

import time
from collections.abc import Collection
from pathlib import Path
from typing import Any
from urllib.parse import quote

from airflow_place import Place, until
from folders import SETTINGS
from workflow_corpus import FOLDER, cases, given

from airside.testing.outcome import RunOutcome

AT_ONCE = """\
[airflow.config.core]
default_task_retry_delay = 1
[airflow.config.scheduler]
scheduler_heartbeat_sec = 1
"""
"""Retries that are not waited for long."""

ENDED = {"success", "failed"}


class CorpusPlace(Place):
    """A workspace with some workflows of the corpus.

    Args:
        root: Its folder.
        names: The workflows.
    """

    def __init__(self, root: Path, names: Collection[str]) -> None:
        super().__init__(root, SETTINGS + AT_ONCE)
        for name in names:
            self.write(f"dags/{name}.py", (FOLDER / f"{name}.py").read_text())
        self.commit()

    def start(self, name: str, came: RunOutcome) -> None:
        """Start a run of the first case of a workflow, as a run of it was that has come to its end in a test."""
        found = given(cases(name)[0])
        date = found.logical_date.isoformat() if found.logical_date is not None else None
        body = {"dag_run_id": came.run_id, "logical_date": date, "conf": dict(found.conf)}
        self._call("POST", f"dags/{name}/dagRuns", body)

    def await_workflows(self, names: set[str]) -> None:
        """Wait until Airflow has read them."""
        until(lambda: names <= {each["dag_id"] for each in self._call("GET", "dags?limit=100")["dags"]})

    def told(self, name: str, run: str, *, seconds: float) -> dict[str, Any]:
        """Wait for the end of a run, and return what Airflow says of it."""
        path = f"dags/{name}/dagRuns/{quote(run, safe='')}"
        started = time.monotonic()
        while (state := self._call("GET", path)["state"]) not in ENDED:
            assert time.monotonic() - started < seconds, f"{name} is {state} after {seconds:.0f} s"
            time.sleep(0.3)
        instances = self._call("GET", f"{path}/taskInstances?limit=100")["task_instances"]
        entries = self._call("GET", f"{path}/taskInstances/~/xcomEntries?limit=100")["xcom_entries"]
        tasks = {_name(each): {**_of(each), "xcoms": {}} for each in instances}
        for entry in entries:
            tasks[_name(entry)]["xcoms"][entry["key"]] = self._value(path, entry)
        return {"state": state, "tasks": tasks}

    def _value(self, run: str, entry: dict[str, Any]) -> Any:  # noqa: ANN401 - whatever the task pushed
        place = f"{run}/taskInstances/{entry['task_id']}/xcomEntries/{quote(entry['key'], safe='')}"
        return self._call("GET", f"{place}?map_index={entry['map_index']}&deserialize=false&stringify=false")["value"]

    def _call(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - as JSON is
        return self.client().session.call(method, f"/api/v2/{path}", body)


def as_told(came: RunOutcome) -> dict[str, Any]:
    """Return of a run in a test what `told` returns of one of Airflow."""
    tasks = {
        str(task.key): {
            "state": task.state,
            "tries": task.tries,
            "rendered": dict(task.rendered),
            "xcoms": dict(task.xcoms),
        }
        for task in came.tasks
    }
    return {"state": came.state, "tasks": tasks}


def _name(entry: dict[str, Any]) -> str:
    index = entry["map_index"]
    return str(entry["task_id"]) if index < 0 else f"{entry['task_id']}[{index}]"


def _of(instance: dict[str, Any]) -> dict[str, Any]:
    return {
        "state": instance["state"],
        "tries": instance["try_number"],
        "rendered": instance["rendered_fields"],
    }
