"""The workspace of `airside init --template examples`, and what its pages promise."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from airflow_place import Place

from airside.platform.http import segment
from airside.workspace.templating import TEMPLATES, make_workspace

FILES = TEMPLATES / "examples" / "files"

_STATE = re.compile(r"`([a-z_]+)`")
_ROW = re.compile(r"^\|(.+)\|$", re.MULTILINE)

Row = dict[str, Any]


class Examples(Place):
    """Beside the commands, what a person does in Airflow's UI: switch on, trigger, clear, look."""

    def __init__(self, root: Path) -> None:
        self.root = root
        make_workspace(root, template="examples", name="examples", version="0.1.0", python="3.11")
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit()

    def call(self, verb: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - whatever Airflow answers
        return self.client().session.call(verb, f"/api/v2{path}", body)

    def switch_on(self, *workflows: str) -> None:
        for workflow in workflows:
            self.call("PATCH", f"/dags/{workflow}", {"is_paused": False})

    def trigger(self, workflow: str, **params: object) -> str:
        return self.client().trigger(workflow, params)

    def clear(self, workflow: str, run: str, *tasks: str) -> None:
        body = {"dry_run": False, "dag_run_id": run, "task_ids": list(tasks), "only_failed": False}
        self.call("POST", f"/dags/{workflow}/clearTaskInstances", body)

    def runs(self, workflow: str, kind: str | None = None) -> list[Row]:
        """Return the runs of a workflow, the oldest logical date first."""
        found: list[Row] = self.call("GET", f"/dags/{workflow}/dagRuns?order_by=run_after")["dag_runs"]
        return [run for run in found if kind is None or run["run_type"] == kind]

    def tasks(self, workflow: str, run: str) -> list[Row]:
        path = f"/dags/{workflow}/dagRuns/{segment(run)}/taskInstances?order_by=id"
        found: list[Row] = self.call("GET", path)["task_instances"]
        return found

    def states(self, workflow: str, tasks: Sequence[str]) -> list[list[str | None]]:
        """Return a line for each run, as a page has it: the state of the run, then those of its `tasks`."""
        lines = []
        for run in self.runs(workflow):
            state = {task["task_id"]: task["state"] for task in self.tasks(workflow, run["dag_run_id"])}
            lines.append([run["state"], *(state[task] for task in tasks)])
        return lines

    def log(self, workflow: str) -> str:
        files = (self.workspace.state / "logs" / "tasks").rglob(f"dag_id={workflow}/**/*.log")
        return "".join(file.read_text(errors="replace") for file in files)


def promised(page: str) -> list[list[list[str | None]]]:
    """Return the states in each table of a page, without the first column; a cell that names none is None."""
    text = (FILES / "docs" / f"{page}.md").read_text()
    tables = [_ROW.findall(block) for block in text.split("\n\n") if block.startswith("|")]
    return [[[_state(cell) for cell in row.split("|")[1:]] for row in table[2:]] for table in tables]


def _state(cell: str) -> str | None:
    found = _STATE.search(cell)
    return found[1] if found else None


def most_at_once(rows: Sequence[Row]) -> int:
    """Return how many of these runs or tasks were under way at the same time."""
    moments = [(row["start_date"], 1) for row in rows] + [(row["end_date"], -1) for row in rows]
    under_way = most = 0
    for _, step in sorted(moments):
        under_way += step
        most = max(most, under_way)
    return most
