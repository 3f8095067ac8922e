"""Workflows reach the stand-ins through the hooks of Airflow's providers, in a process of their own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from airside.base.children import inherited
from airside.testing import duckdb, files, http, postgres, s3, slack, smtp, sqlite
from airside.testing.standins.port import Running, Surroundings
from airside.testing.standins.servers import Servers


class Reaching(NamedTuple):
    """What the program said, and the stand-ins after it."""

    said: dict[str, Any]
    running: dict[str, Any]


@pytest.fixture(scope="module")
def reaching(tmp_path_factory: pytest.TempPathFactory, servers: Servers) -> Iterator[Reaching]:
    tables: dict[str, Any] = {"t": [{"n": 1}]}
    stand_ins = {
        "postgres": postgres(tables=tables),
        "sqlite": sqlite(tables=tables),
        "duckdb": duckdb(tables=tables),
        "s3": s3(objects={"raw/in/a": b"given"}),
        "http": http({"GET /v1/rates": {"eur": 1.1}}),
        "smtp": smtp(),
        "slack": slack(),
        "bot": slack("bot"),
        "files": files({"a": {"text": "x"}}),
    }
    surroundings = Surroundings(Path(), tmp_path_factory.mktemp("scratch"), servers)
    running: dict[str, Running] = {name: each.start(name, surroundings) for name, each in stand_ins.items()}
    connections = {
        f"AIRFLOW_CONN_{name.upper()}": json.dumps(each.reached.connection) for name, each in running.items()
    }
    home = tmp_path_factory.mktemp("home")
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("through_hooks.py"))],
        env=inherited(AIRFLOW_HOME=str(home), **connections),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    line = next(each for each in done.stdout.splitlines() if each.startswith("said:"))
    yield Reaching(json.loads(line.removeprefix("said:")), running)
    for each in running.values():
        each.close()


@pytest.mark.parametrize("name", ["postgres", "sqlite"])
def test_a_hook_for_sql_reads_and_writes(reaching: Reaching, name: str) -> None:
    assert reaching.said[name] == [[1], [2], [3]]
    assert reaching.running[name].rows("t") == [{"n": 1}, {"n": 2}, {"n": 3}]


def test_a_hook_makes_a_data_frame(reaching: Reaching) -> None:
    assert reaching.said["pandas"] == [1, 2, 3]


def test_duckdb_opens_the_file_of_the_connection(reaching: Reaching) -> None:
    assert reaching.said["duckdb"] == [[1], [2]]
    assert reaching.running["duckdb"].rows("t") == [{"n": 1}, {"n": 2}]


def test_the_hook_for_s3_reads_and_writes(reaching: Reaching) -> None:
    assert reaching.said["s3"] == ["given", ["in/a", "out/x"], False]
    assert reaching.running["s3"].objects() == {"raw/in/a": b"given", "raw/out/x": b"written"}


def test_the_hook_for_http_asks(reaching: Reaching) -> None:
    assert reaching.said["http"] == {"eur": 1.1}
    assert [each.path for each in reaching.running["http"].requests("GET /v1/rates")] == ["/v1/rates"]


def test_the_hook_for_smtp_sends(reaching: Reaching) -> None:
    mail = reaching.running["smtp"].mails()[0]
    assert (mail.to, mail.subject, mail.html) == (("b@example.com",), "Done", "<b>hi</b>")


@pytest.mark.parametrize(("name", "answer", "text"), [("slack", "ok", "hello"), ("bot", True, "hi")])
def test_the_hooks_for_slack_send(reaching: Reaching, name: str, answer: object, text: str) -> None:
    assert reaching.said[name] == answer
    assert [each.text for each in reaching.running[name].messages()] == [text]


def test_the_hook_for_files_has_the_folder(reaching: Reaching) -> None:
    assert (Path(reaching.said["files"]) / "a").read_text() == "x"
