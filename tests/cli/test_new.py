import json
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from folders import Folder

from airside.cli import checking, tested

BUILT_IN = ["etl", "notebook", "pod", "sensor", "sql"]
STRICT = """\
[policy]
tags = "error"
run-timeout = "error"
workflow-id = "error"
task-id = "error"
catchup = "error"
active-runs = "error"
documentation = "error"
test-exists = "error"
size = "error"
schedule = "error"
owner = { allowed = ["sales"] }
retries = "error"
execution-timeout = "error"
shape = "error"
"""

Airside = Callable[..., SimpleNamespace]


@pytest.fixture(autouse=True)
def _own_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' own Airflow checks and tests the workspace."""
    for module in (checking, tested):
        monkeypatch.setattr(module, "ensure_environment", lambda *_, **__: Path(sys.executable))
    monkeypatch.setenv("_AIRFLOW__AS_LIBRARY", "1")


@pytest.mark.slow
def test_a_new_workflow_passes_the_check_and_its_test_at_once(folder: Folder, airside: Airside) -> None:
    (folder.root / "dags" / "orders.py").unlink()
    folder.write("configs/.keep", "")
    said = airside("new", "daily_orders", "--team", "sales", "--schedule", "30 6 * * mon-fri")
    assert said.code == 0
    assert "dags/daily_orders.py" in said.out
    assert "requirements.txt: + pytest" in said.out
    assert "airside.toml: workspace.include + configs" in said.out
    assert "next: airside check && airside test" in said.out
    assert 'schedule="30 6 * * mon-fri",\n    team="sales",' in (folder.root / "dags" / "daily_orders.py").read_text()
    assert airside("check", "--strict").code == 0
    assert airside("test", "--", "-q", "-p", "no:cacheprovider").code == 0


@pytest.mark.slow
def test_every_template_passes_a_strict_policy(folder: Folder, airside: Airside) -> None:
    (folder.root / "dags" / "orders.py").unlink()
    folder.write("airside.toml", (folder.root / "airside.toml").read_text() + STRICT)
    for template in BUILT_IN:
        assert airside("new", f"my_{template}", "--template", template, "--team", "sales").code == 0
    for arguments in ((), ("--env", "preprod")):
        said = airside("check", *arguments)
        assert said.code == 0, said.out
        assert "5 files, 5 workflows" in said.out


def test_the_answer_as_json_names_all_that_was_made(folder: Folder, airside: Airside) -> None:
    said = airside("--json", "new", "orders_sql", "--template", "sql", "--schedule", "none", "--data", "connection=dwh")
    assert json.loads(said.out) == {
        "workflow": "orders_sql",
        "template": "sql",
        "team": None,
        "schedule": None,
        "files": [
            "configs/orders_sql.yaml",
            "dags/orders_sql.py",
            "dags/orders_sql.sql",
            "docs/runbooks/orders_sql.md",
            "tests/functional/orders_sql.yaml",
        ],
        "requirements": [
            "pytest",
            "apache-airflow-providers-common-sql",
            "apache-airflow-providers-postgres",
            "psycopg[binary]",
        ],
        "include": ["configs"],
        "written": True,
    }
    assert 'CONNECTION = "dwh"' in (folder.root / "dags" / "orders_sql.py").read_text()


def test_a_dry_run_says_the_same_and_writes_nothing(folder: Folder, airside: Airside) -> None:
    said = airside("new", "daily_orders", "--dry-run")
    assert said.code == 0
    assert "  docs/runbooks/daily_orders.md" in said.out
    assert "nothing was written" in said.out
    assert json.loads(airside("new", "daily_orders", "--dry-run", "--json").out)["written"] is False
    assert subprocess.check_output(["git", "status", "--porcelain"], cwd=folder.root) == b""


def test_the_list_has_a_line_for_each_template(folder: Folder, airside: Airside) -> None:
    folder.write("templates/ours/copier.yml", "summary: What we do every week.\n")
    lines = airside("new", "--list").out.splitlines()
    assert len(lines) == 1 + len(BUILT_IN) + 1
    assert any("What we do every week." in line and "this workspace" in line for line in lines)
    found = json.loads(airside("new", "--list", "--json").out)
    assert all(one["summary"] for one in found)
    assert [one["name"] for one in found] == ["ours", *BUILT_IN]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["Daily-Orders"], 2, "'Daily-Orders' cannot name a workflow"),
        (["daily_orders", "--template", "sqll"], 2, "did you mean 'sql'?"),
        (["daily_orders", "--schedule", "0 25 * * *"], 2, "'25' is no hour (0-23)"),
        (["daily_orders", "--template", "sql", "--data", "conection=x"], 2, "did you mean 'connection'?"),
        (["daily_orders", "--data", "connection=x"], 2, "it asks nothing"),
        (["daily_orders", "--template", "sql", "--data", "connection"], 2, "is no KEY=VALUE"),
        (["daily_orders", "--template", "sql", "--data", "connection="], 2, "a connection has an id"),
        (["daily_orders", "--data", "x=1"], 2, "The template etl has no question 'x' (it asks nothing)"),
        (["daily_orders", "--template", ""], 2, "There is no template ''"),
        (["daily_orders", "--team", 'a"b'], 2, "cannot name a team"),
        ([], 2, "The workflow has no name"),
        (["orders"], 3, "The workflow 'orders' would overwrite dags/orders.py"),
    ],
)
def test_a_wrong_request_says_what_is_right_and_makes_nothing(
    folder: Folder, airside: Airside, arguments: list[str], code: int, message: str
) -> None:
    said = airside("new", *arguments)
    assert said.code == code
    assert message in said.err
    assert subprocess.check_output(["git", "status", "--porcelain"], cwd=folder.root) == b""


class Terminal:
    """`airside new` at a terminal of its own."""

    def __init__(self, root: Path, *arguments: str) -> None:
        self.ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "airside", "-C", str(root), "new", *arguments]
        variables = {**os.environ, "TERM": "dumb", "NO_COLOR": "1", "COLUMNS": "200"}  # noqa: TID251
        self.process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=variables)
        os.close(theirs)
        self.said = ""

    def wait_for(self, text: str) -> None:
        until = time.monotonic() + 60
        while text not in self.said:
            ready, _, _ = select.select([self.ours], [], [], max(0, until - time.monotonic()))
            assert ready, f"it did not say {text!r}: {self.said}"
            try:
                self.said += os.read(self.ours, 4096).decode()
            except OSError as error:  # the other side has ended
                raise AssertionError(f"it ended without {text!r}: {self.said}") from error

    def answer(self, question: str, text: str) -> None:
        self.wait_for(question)
        self.said = self.said.partition(question)[2]
        os.write(self.ours, f"{text}\n".encode())

    def end(self, last: str = "next: ") -> int:
        self.wait_for(last)
        code = self.process.wait(30)
        os.close(self.ours)
        return code


def test_at_a_terminal_it_asks_for_what_it_was_not_told_until_it_is_right(folder: Folder) -> None:
    terminal = Terminal(folder.root)
    terminal.answer("The id of the workflow", "Daily Orders")
    terminal.answer("Such as daily_orders.", "daily_orders")
    terminal.answer("Template", "sensr")
    terminal.answer("did you mean 'sensor'?", "sensor")
    terminal.answer("Team", "sales")
    terminal.answer("Schedule", "0 6 * *")
    terminal.answer("it has 4 fields", "0 6 * * *")
    assert terminal.end() == 0
    code = (folder.root / "dags" / "daily_orders.py").read_text()
    assert 'schedule="0 6 * * *",\n    team="sales",' in code
    assert "@task.sensor" in code


def test_at_a_terminal_what_it_was_told_is_not_asked(folder: Folder) -> None:
    told = ("daily_orders", "--template", "sql", "--team", "sales", "--schedule", "@weekly")
    terminal = Terminal(folder.root, *told, "--data", "connection=dwh")
    assert terminal.end() == 0
    assert 'CONNECTION = "dwh"' in (folder.root / "dags" / "daily_orders.py").read_text()


def test_at_a_terminal_a_template_asks_its_own_questions(folder: Folder) -> None:
    terminal = Terminal(folder.root, "daily_orders", "--template", "sql", "--team", "", "--schedule", "none")
    terminal.answer("The connection of the database", "\x15dwh\r")
    assert terminal.end() == 0
    assert 'CONNECTION = "dwh"' in (folder.root / "dags" / "daily_orders.py").read_text()


def test_ctrl_c_at_a_question_leaves_nothing(folder: Folder) -> None:
    terminal = Terminal(folder.root, "daily_orders", "--template", "sql", "--team", "", "--schedule", "none")
    terminal.answer("The connection of the database", "\x03")
    assert terminal.end("Interrupted") == 130
    assert subprocess.check_output(["git", "status", "--porcelain"], cwd=folder.root) == b""
