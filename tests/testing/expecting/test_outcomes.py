from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from airside.base.errors import UsageError
from airside.testing.expecting.expected import Expected
from airside.testing.expecting.judging import judge, outcome_faults, verified
from airside.testing.expecting.telling import told
from airside.testing.outcome import AssetEvent, Failure, RunOutcome, TaskKey, TaskOutcome, Trigger
from airside.testing.standins.readings import Mail, Message, Request

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
OUTCOME = RunOutcome(
    dag_id="orders",
    run_id="r",
    state="success",
    tasks=(
        TaskOutcome(
            TaskKey("extract"), "success", "Op", tries=1, order=0, output=[1, 2], log=("got 2",), tells=("on_ok",)
        ),
        TaskOutcome(TaskKey("load", 0), "success", "Op", tries=1, order=2, output=10, rendered={"sql": "insert a"}),
        TaskOutcome(TaskKey("load", 1), "success", "Op", tries=2, order=1, output=20, rendered={"sql": "insert b"}),
        TaskOutcome(TaskKey("clean"), "failed", "Op", tries=1, order=3, error=Failure("ValueError", "no room")),
        TaskOutcome(TaskKey("mail"), "upstream_failed", "Op"),
    ),
    task_ids=("extract", "load", "clean", "mail", "never"),
    asset_events=(AssetEvent("rates", "s3://b/rates", TaskKey("extract"), {"rows": 2}),),
    triggered=(Trigger("billing", TaskKey("load", 1), "x", {"day": "2026-01-02"}),),
    tells=("on_failure",),
    duration=1.5,
)


class Came:
    """A run as expectations see it, with stand-ins that are there for it."""

    def __init__(self, outcome: RunOutcome, running: Mapping[str, Any] | None = None) -> None:
        self.outcome = outcome
        self.running = running or {}
        self.seen: set[str] = set()

    def saw(self, connection: str) -> None:
        self.seen.add(connection)

    def verify(self, task_ids: Iterable[str]) -> None:
        self.seen |= set(task_ids)


def _faults(expect: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    found = outcome_faults(Expected.model_validate(expect), OUTCOME)
    return {fault.path: (str(fault.expected), str(fault.came)) for fault in found}


@pytest.mark.parametrize(
    "expect",
    [
        {"tasks": {"extract": "success"}},
        {"tasks": {"extract": {"output": [1, 2], "tries": 1, "logs": "got *", "callbacks": ["on_ok"]}}},
        {"tasks": {"load": {"output": [10, 20], "instances": 2, "rendered": {"sql": "insert *"}}}},
        {"tasks": {"load[1]": {"output": 20, "tries": 2, "rendered": {"sql": "insert b"}}}},
        {"tasks": {"load": {"output_has": [10, 20]}}},
        {"state": "success", "tasks": {"clean": {"error": "ValueError: *room"}}},
        {"state": "success", "tasks": {"mail": "upstream_failed", "never": "none"}},
        {"order": ["extract", "load", "clean"]},
        {"order": ["extract", ["load[0]", "load[1]"], "clean"]},
        {"order": ["load[1]", "load[0]"]},
        {"assets": [{"uri": "s3://b/*", "extra": {"rows": 2}}]},
        {"triggered": [{"dag_id": "billing", "conf": {"day": "2026-*"}, "task": "load[1]"}]},
        {"callbacks": "on_failure", "within": "2s"},
    ],
)
def test_what_came_as_expected_says_nothing(expect: Mapping[str, Any]) -> None:
    assert _faults(expect) == {}


@pytest.mark.parametrize(
    ("expect", "path", "expected", "came"),
    [
        ({"state": "failed"}, "state", "failed", "success"),
        ({"tasks": {"clean": "success"}}, "tasks.clean.state", "success", "failed (ValueError: no room)"),
        ({"tasks": {"clean": {"error": "KeyError*"}}}, "tasks.clean.error", "KeyError*", "ValueError: no room"),
        ({"tasks": {"extract": {"output": [1, 3]}}}, "tasks.extract.output[1]", "3", "2"),
        ({"tasks": {"extract": {"output": None}}}, "tasks.extract.output", "None", "[1, 2]"),
        ({"tasks": {"load": {"instances": 3}}}, "tasks.load.instances", "3", "2"),
        ({"tasks": {"load": {"tries": 1}}}, "tasks.load[1].tries", "1", "2"),
        ({"tasks": {"load": {"rendered": {"sql": "*b"}}}}, "tasks.load[0].rendered.sql", "*b", "insert a"),
        ({"tasks": {"load": {"rendered": {"sqll": "*"}}}}, "tasks.load[0].rendered.sqll", "*", "nothing"),
        ({"tasks": {"extract": {"logs": ["nope"]}}}, "tasks.extract.logs[0]", "nope", "1 lines of log without it"),
        ({"tasks": {"extract": {"xcoms": {"a": 1}}}}, "tasks.extract.xcoms.a", "1", "nothing"),
        ({"tasks": {"extract": {"callbacks": []}}}, "tasks.extract.callbacks", "[]", "['on_ok']"),
        ({"tasks": {"lod": "success"}}, "tasks.lod", "a task of this name", "no such task; did you mean 'load'?"),
        ({"tasks": {"load[7]": "success"}}, "tasks.load[7]", "an instance of this name", "load[0], load[1]"),
        ({"order": ["load", "extract"]}, "order[1]", "extract after load[0]", "extract, load[1], load[0], clean"),
        ({"order": ["mail"]}, "order[0]", "a start of mail", "it never started"),
        ({"assets": []}, "assets", "0 of them", "1"),
        ({"triggered": [{"dag_id": "bills"}]}, "triggered[0].dag_id", "bills", "billing"),
        ({"callbacks": ["a"]}, "callbacks", "['a']", "['on_failure']"),
        ({"within": 1}, "within", "at most 1 s", "1.500 s"),
    ],
)
def test_what_came_otherwise_is_told_with_its_path(
    expect: Mapping[str, Any], path: str, expected: str, came: str
) -> None:
    assert _faults(expect)[path] == (expected, came)


def test_an_order_goes_on_behind_a_task_that_never_started() -> None:
    assert set(_faults({"order": ["load", "mail", "extract"]})) == {"order[1]", "order[2]"}


def test_a_callback_ran_as_often_as_expected() -> None:
    assert set(_faults({"callbacks": ["on_failure", "on_failure"]})) == {"callbacks"}


@pytest.mark.parametrize(
    ("expect", "state"),
    [
        ({}, "success"),
        ({"tasks": {"a": "failed"}}, None),
        ({"tasks": {"a": {"error": "x"}}}, None),
        ({"tasks": {"a": "upstream_failed"}}, None),
        ({"tasks": {"a": "skipped"}}, "success"),
        ({"state": "success", "tasks": {"a": "failed"}}, "success"),
        ({"error": "x"}, None),
    ],
)
def test_a_run_has_to_succeed_unless_the_case_expects_a_failure(expect: object, state: str | None) -> None:
    assert Expected.model_validate(expect).run_state == state


def test_a_task_that_only_has_to_succeed_is_not_verified() -> None:
    expect = {
        "tasks": {"extract": "success", "load[1]": {"output": 20}, "clean": "failed"},
        "tables": {"dwh.t": {"count": 1, "by": "mail"}},
    }
    assert verified(Expected.model_validate(expect), OUTCOME) == {"load", "clean", "mail"}


def test_a_run_that_never_began_is_told_with_its_reason_alone() -> None:
    outcome = RunOutcome("orders", "r", None, error=Failure("ImportError", "no module x"))
    expect = Expected.model_validate({"tasks": {"load": "success"}})
    (fault,) = judge(expect, Came(outcome), Path())
    assert (fault.path, fault.came) == ("error", "ImportError: no module x")
    assert judge(Expected.model_validate({"error": "ImportError: *"}), Came(outcome), Path()) == ()
    (fault,) = judge(Expected.model_validate({"error": "ImportError: *"}), Came(OUTCOME), Path())
    assert str(fault.came) == "nothing"


def _database() -> SimpleNamespace:
    rows: list[dict[str, Any]] = [{"id": 1, "n": 2.5}, {"id": 2, "n": None}]

    def of(table: str) -> list[dict[str, Any]]:
        if table != "orders":
            raise UsageError(f"There is no table {table!r}", hint="There are: orders.")
        return rows

    return SimpleNamespace(
        tables=lambda: ["orders"],
        columns=lambda table: {"id": "integer", "n": "double precision"},
        rows=of,
        query=lambda sql, parameters=(): [{"count": 2}] if "count" in sql else rows,
    )


def _judged(expect: Mapping[str, Any], running: Mapping[str, Any], folder: Path = Path()) -> dict[str, str]:
    came = Came(OUTCOME, running)
    return {fault.path: str(fault.came) for fault in judge(Expected.model_validate(expect), came, folder)}


def test_tables_are_what_is_expected_of_them(tmp_path: Path) -> None:
    (tmp_path / "all.csv").write_text("id,n\n1,2.5\n2,\n")
    (tmp_path / "all.jsonl").write_text('{"id": 2, "n": null}\n{"id": 1, "n": 2.50}\n')
    table = {
        "rows": "all.csv",
        "has_rows": "all.jsonl",
        "count": 2,
        "checks": ["missing_count(n) = 1"],
        "columns": {"id": "integer", "n": "number"},
    }
    queries = [
        {"connection": "d.w", "sql": "select count(*)", "value": 2},
        {"connection": "d.w", "sql": "select id, n", "rows": [{"id": 1}, {"id": 2}]},
    ]
    expect = {"tables": {"d.w.orders": table, "d.w.gone": {"exists": False}}, "queries": queries}
    assert _judged(expect, {"d.w": _database()}, tmp_path) == {}


def test_tables_that_are_otherwise_are_told() -> None:
    expect = {
        "tables": {
            "dwh.orders": {"count": 3, "rows": [{"id": 1, "n": 2}], "checks": ["min(n) > 3"], "columns": {"x": "any"}},
            "dwh.order": {"count": 1},
        },
        "queries": [{"connection": "dwh", "sql": "select id, n", "value": 1}],
    }
    assert _judged(expect, {"dwh": _database()}) == {
        "tables.dwh.orders.count": "2",
        "tables.dwh.orders.rows": "2 rows, of which 1 differ from what was expected, 1 were not expected",
        "tables.dwh.orders.checks": "2.5",
        "tables.dwh.orders.columns.x": "columns id, n",
        "tables.dwh.order": "There is no table 'order'. There are: orders.",
        "queries[0].value": "2 rows of 2 columns",
    }
    assert _judged({"tables": {"dwh.orders": {"exists": False}}}, {"dwh": _database()}) == {
        "tables.dwh.orders": "a table of 2 rows"
    }


def test_expected_rows_in_a_file_that_is_not_there_are_the_tests_fault(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected rows"):
        _judged({"tables": {"dwh.orders": {"rows": "no.csv"}}}, {"dwh": _database()}, tmp_path)
    (tmp_path / "bad.csv").write_text("a,b\n1\n")
    with pytest.raises(UsageError, match="line 2 has not as many cells"):
        _judged({"tables": {"dwh.orders": {"rows": "bad.csv"}}}, {"dwh": _database()}, tmp_path)


def test_files_and_objects_are_what_is_expected_of_them() -> None:
    stored = {"out/a.csv": b"id,n\n1,x\n2,\n", "out/b.json": b'{"n": 1}', "out/deep/c.txt": b"hello\n"}
    stand_in = SimpleNamespace(files=lambda pattern="**": stored, objects=lambda prefix="": stored, buckets=list)
    expect = {
        "files": {
            "lake/out/a.csv": {"rows": [{"id": 2, "n": None}, {"id": 1, "n": "x"}], "count": 2},
            "lake/out/b.json": {"json": {"n": 1}},
            "lake/out/*": {"count": 2},
            "lake/**": {"count": 3},
            "lake/none": {"exists": False},
        },
        "objects": {"lake/out/deep/c.txt": {"text": "hel*"}},
    }
    assert _judged(expect, {"lake": stand_in}) == {}
    wrong = {
        "lake/out/a.csv": {"rows": [{"id": 3, "n": None}], "text": "x"},
        "lake/out/b.json": {"json": {"n": 2}, "checks": ["row_count = 1"]},
        "lake/out/*": {"count": 1},
        "lake/x.csv": {},
        "lake/out/deep/c.txt": {"exists": False},
    }
    found = _judged({"objects": wrong}, {"lake": stand_in})
    assert found == {
        "objects.lake/out/a.csv.text": "id,n\n1,x\n2,\n",
        "objects.lake/out/a.csv.rows": "2 rows, of which 1 differ from what was expected, 1 were not expected",
        "objects.lake/out/b.json.json.n": "1",
        "objects.lake/out/b.json": "8 bytes: it is no list of objects",
        "objects.lake/out/*.count": "2",
        "objects.lake/x.csv": "it is not; there are out/a.csv, out/b.json, out/deep/c.txt",
        "objects.lake/out/deep/c.txt": "out/deep/c.txt",
    }


def _request(method: str, path: str, body: bytes = b"") -> Request:
    return Request(method, path, {"q": "1"}, {"Content-Type": "application/json"}, body, 200)


def test_what_was_sent_is_what_is_expected() -> None:
    running = {
        "api": SimpleNamespace(
            requests=lambda route="": [
                _request("GET", "/v1/rates"),
                _request("POST", "/v1/orders", b'{"sum": 6, "x": 1}'),
            ]
        ),
        "slack": SimpleNamespace(
            messages=lambda: [Message(text="orders failed", channel="#ops", body={"blocks": []}, at=NOON)]
        ),
        "smtp": SimpleNamespace(
            mails=lambda: [Mail("a@x.example", ("b@x.example",), "Done", "All well", "", {"X-Tag": "t"})]
        ),
    }
    expect = {
        "requests": {
            "api": [
                {"method": "GET", "path": "/v1/*", "headers": {"content-TYPE": "*json"}, "query": {"q": "1"}},
                {"json": {"sum": 6}},
            ]
        },
        "messages": {"slack": {"some": [{"text": "*failed*", "channel": "#ops"}], "count": 1}},
        "mails": {"smtp": [{"to": "b@x.example", "subject": "Done", "headers": {"x-tag": "t"}}]},
    }
    assert _judged(expect, running) == {}
    twice = {"messages": {"slack": {"some": [{"text": "*failed*"}, {"text": "*failed*"}]}}}
    assert set(_judged(twice, running)) == {"messages.slack.some[1]"}
    wrong = {
        "requests": {"api": [{"method": "GET"}, {"json": {"sum": 7}}]},
        "messages": {"slack": {"some": [{"text": "fine"}], "count": 0}},
        "mails": {"smtp": []},
    }
    assert _judged(wrong, running) == {
        "requests.api[1].json.sum": "6",
        "messages.slack.count": "1",
        "messages.slack.some[0]": "nothing",
        "mails.smtp": "1",
    }


def test_what_cannot_be_asked_is_the_tests_fault() -> None:
    with pytest.raises(UsageError, match="did you mean 'dwh'"):
        _judged({"tables": {"dw.orders": {"count": 1}}}, {"dwh": _database()})
    with pytest.raises(UsageError, match="has no mails"):
        _judged({"mails": {"dwh": []}}, {"dwh": _database()})


def test_a_report_shows_paths_values_and_rows_and_cuts_what_is_long() -> None:
    expect = Expected.model_validate(
        {"tasks": {"extract": {"output": "x" * 1000}}, "tables": {"dwh.orders": {"rows": [{"id": 9}]}}}
    )
    text = told(judge(expect, Came(OUTCOME, {"dwh": _database()}), Path()))
    assert "tasks.extract.output:\n    expected  'xxx" in text
    assert "(1002 characters)\n    came      [1, 2]" in text
    assert "tables.dwh.orders.rows:\n    expected  1 row\n    came      2 rows" in text
    assert max(map(len, text.splitlines())) < 400
