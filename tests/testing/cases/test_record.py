import string
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from airside.testing.cases.document import Case
from airside.testing.cases.reading import read_cases
from airside.testing.cases.record import draft
from airside.testing.expecting.judging import outcome_faults
from airside.testing.given import Answer, Given
from airside.testing.outcome import AssetEvent, Failure, Need, RunOutcome, TaskKey, TaskOutcome, Trigger

GIVEN = Given(dag_id="orders")
DAY = datetime(2026, 1, 2, tzinfo=UTC)


def _outcome(*tasks: TaskOutcome, **more: Any) -> RunOutcome:
    ids = tuple(dict.fromkeys(task.key.task_id for task in tasks))
    return RunOutcome("orders", "r", "success", tasks=tasks, task_ids=ids, **more)


def _task(task_id: str, output: object = None, **more: Any) -> TaskOutcome:
    return TaskOutcome(TaskKey(task_id), "success", "Op", tries=more.pop("tries", 1), output=output, **more)


def _read(text: str) -> Case:
    (case,) = read_cases(text.encode(), Path("/w/draft.yaml"), "draft.yaml")
    return case


def _expected(text: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text)["expect"]
    return found


def test_a_draft_says_what_each_task_did() -> None:
    outcome = _outcome(
        _task("extract", [{"id": 1, "day": date(2026, 1, 2), "price": Decimal("1.50")}], order=0),
        TaskOutcome(TaskKey("load", 0), "success", "Op", tries=1, order=1, output=10),
        TaskOutcome(TaskKey("load", 1), "success", "Op", tries=1, order=2, output=20),
        _task("query", None, order=3, tries=2, rendered={"sql": "select 1\nfrom t", "op_args": [1]}, tells=("on_ok",)),
        TaskOutcome(TaskKey("end"), "failed", "Op", tries=1, order=4, error=Failure("ValueError", "no room\nat all")),
        TaskOutcome(TaskKey("mail"), "upstream_failed", "Op"),
        edges=(("extract", "load"), ("load", "query"), ("query", "end"), ("end", "mail")),
        asset_events=(AssetEvent("rates", "s3://b/rates", TaskKey("query"), {"rows": 2}),),
        triggered=(Trigger("billing", TaskKey("query"), "x", {"n": 1}),),
    )
    text = draft(replace(outcome, state="failed"), GIVEN)
    assert _expected(text) == {
        "state": "failed",
        "order": ["extract", "load", "query", "end"],
        "assets": [{"uri": "s3://b/rates", "task": "query", "extra": {"rows": 2}}],
        "triggered": [{"dag_id": "billing", "task": "query", "conf": {"n": 1}}],
        "tasks": {
            "extract": {"state": "success", "output": [{"id": 1, "day": "2026-01-02", "price": "1.50"}]},
            "load": {"state": "success", "instances": 2, "output": [10, 20]},
            "query": {
                "state": "success",
                "rendered": {"sql": "select 1\nfrom t"},
                "tries": 2,
                "callbacks": ["on_ok"],
            },
            "end": {"state": "failed", "error": "ValueError: no room*"},
            "mail": "upstream_failed",
        },
    }
    assert "given:" not in text


def test_what_differs_from_run_to_run_is_left_out_with_a_comment() -> None:
    now = datetime(2026, 11, 21, 12, 30, 1, 250, tzinfo=UTC)
    output = {
        "n": 2,
        "id": str(uuid4()),
        "at": now.isoformat(),
        "moment": now,
        "file": "/tmp/run-1/x.csv",
        "for": DAY.isoformat(),
        "object": object(),
        "text": f"wrote /tmp/run-1/x.csv at {now} for {DAY.isoformat()}",
        "rows": [{"at": now, "n": 1}],
    }
    text = draft(_outcome(_task("load", output)), GIVEN)
    assert _expected(text)["tasks"]["load"]["output_has"] == {
        "n": 2,
        "for": "2026-01-02T00:00:00+00:00",
        "text": "wrote * at * for 2026-01-02T00:00:00+00:00",
        "rows": [{"n": 1}],
    }
    comment = "# Left out, as it is secret or differs from run to run: "
    left = "output.id, output.at, output.moment, output.file, output.object, output.rows[0].at"
    assert comment + left in text
    later = {**output, "id": str(uuid4()), "at": (now + timedelta(1)).isoformat()}
    assert not list(outcome_faults(_read(text).says.expect, _outcome(_task("load", later))))


def test_what_the_clock_says_is_left_out_also_where_two_runs_say_the_same() -> None:
    now = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    seconds = now.timestamp()
    clock = [
        seconds,
        int(seconds),
        int(seconds * 1000),
        int(seconds * 10**9),
        "2026-11-21",
        "x_20261122.csv",
        now.date(),
    ]
    same = [17, 2.5, "2026-01-02", "20260102", "2025-11-21", "2026-99-99", 10**400, float("inf"), "12026112123"]
    outcome = _outcome(_task("load", {"clock": clock, "same": same}))
    task = _expected(draft(outcome, GIVEN, outcome, now=now))["tasks"]["load"]
    assert task["output_has"]["clock"] == ["*"] * 5 + ["x_*.csv", "*"] if "output_has" in task else task
    assert task["output_has"]["same"] == same


def test_floats_that_two_runs_had_otherwise_are_left_out_however_near_they_are() -> None:
    one, two = (_outcome(_task("load", {"n": 1, "at": 1795302489.6 + later})) for later in (0.0, 0.5))
    assert _expected(draft(one, GIVEN, two))["tasks"]["load"]["output_has"] == {"n": 1}


def test_what_a_second_run_did_otherwise_is_left_out() -> None:
    one = _outcome(_task("load", {"n": 1, "seed": 17}), _task("count", [1, 2]), _task("name", "a", tries=1))
    two = _outcome(_task("load", {"n": 1, "seed": 99}), _task("count", [1, 2, 3]), _task("name", "b", tries=2))
    text = draft(one, GIVEN, two)
    assert _expected(text)["tasks"] == {
        "load": {"state": "success", "output_has": {"n": 1}},
        "count": "success",
        "name": "success",
    }
    assert "run to run: output.seed" in text
    expect = _read(text).says.expect
    assert not list(outcome_faults(expect, one))
    assert not list(outcome_faults(expect, two))


SECRET = "s3cr3t-Pa$$word"
SECRETS = Given(
    dag_id="orders",
    connections={
        "dwh": {
            "conn_type": "postgres",
            "host": "db",
            "login": "app",
            "password": SECRET,
            "extra": {"key": "k3y-of-x"},
        },
        "uri": f"http://app:{SECRET}@api.example/v1?token=t0ken-of-x",
        "open": "ftp://files.example",
    },
    variables={"limit": "10", "api_key": "api-k3y-of-x"},
    environment={"DB_PASSWORD": "env-s3cret"},
    conf={"note": f"uses {SECRET}"},
)


def test_no_secret_is_in_a_draft() -> None:
    said = f"{SECRET} k3y-of-x t0ken-of-x api-k3y-of-x env-s3cret"
    outcome = _outcome(
        _task("load", {"said": said, SECRET: 1}, rendered={"env": {"X": said}}, xcoms={"other": said}),
        _task("use", said),
        replace(_task("fail"), state="failed", error=Failure("ValueError", said)),
        _task("github", "ghp_" + "a1B2" * 10),
        needs=(Need("connection", "dwh", True, "use"), Need("variable", "api_key", True, "fail")),
    )
    outcome = replace(outcome, state="failed")
    text = draft(outcome, SECRETS)
    for secret in (SECRET, "k3y-of-x", "t0ken-of-x", "api-k3y", "env-s3cret", "ghp_"):
        assert secret not in text, text
    case = _read(text)
    assert case.says.given.stub == {"use": "* * * * *"}
    assert case.says.given.fail == {"fail": "ValueError: * * * * *"}
    assert case.says.given.variables == {"limit": "10", "api_key": "*"}
    assert case.says.given.connections["open"] == "ftp://files.example"
    assert "# use is stubbed: it asked for the connection dwh; secrets are not written here." in text
    expect = case.says.expect
    assert not list(outcome_faults(expect, outcome))


def test_nothing_that_a_run_was_lent_is_in_a_draft() -> None:
    lent = Given(
        dag_id="orders",
        connections={"dwh": {"conn_type": "postgres", "host": "dwh.internal", "login": "ana"}},
        variables={"limit": "a-number-of-ours"},
    )
    outcome = _outcome(
        _task("use", "from dwh.internal as ana"),
        _task("count", "a-number-of-ours"),
        _task("other", "a-number-of-ours"),
        needs=(Need("connection", "dwh", True, "use"), Need("variable", "limit", True, "count")),
    )
    text = draft(outcome, Given(dag_id="orders"), lent=lent)
    for secret in ("dwh.internal", "a-number-of-ours"):
        assert secret not in text
    case = _read(text)
    assert set(case.says.given.stub) == {"use", "count"}
    assert not case.says.given.connections
    assert not case.says.given.variables


def test_a_connection_whose_extra_may_be_secret_is_not_shown() -> None:
    given_ = Given(dag_id="orders", connections={"gcp": {"conn_type": "google", "extra": {"keyfile": "k3y-of-gcp"}}})
    outcome = _outcome(_task("load", 1), needs=(Need("connection", "gcp", True, "load"),))
    text = draft(outcome, given_)
    assert "k3y-of-gcp" not in text
    assert _read(text).says.given.stub == {"load": 1}


def test_texts_that_look_like_something_else_are_quoted() -> None:
    texts = [
        "1e5",
        "0o17",
        "no",
        "012",
        "2026-01-02",
        "1_000",
        "~",
        ".inf",
        "a: b",
        "- a",
        "",
        " a ",
        "a\n  b\n",
        "x\u2028y",
    ]
    (task,) = _read(draft(_outcome(_task("load", texts)), GIVEN)).says.expect.tasks.values()
    assert task.output == texts


def test_what_was_given_is_given_again() -> None:
    given_ = Given(
        dag_id="orders",
        logical_date=datetime(2026, 3, 1, 6, tzinfo=UTC),
        data_interval=(DAY, DAY + timedelta(1)),
        conf={"n": 3},
        variables={"limit": "010", "json": '{"a": 1}'},
        stub={"call": [1, {"a": None}]},
        fail={"load[2]": "KeyError: x"},
        answers={"ask": Answer(("yes",), {"n": 1})},
        asset_events={"s3://b/x": ({"n": 1},)},
        only=("load",),
        xcoms={"extract": 3},
        timeout=5,
        network=("example.com",),
        writable=(Path("/data"),),
        tier="real",
    )
    giving = _read(draft(_outcome(_task("load", 1)), given_)).says.given.giving(Path("/w"))
    assert (
        Given(dag_id="orders", **{**giving, "writable": tuple(map(Path, giving["writable"])), "connections": {}})
        == given_
    )


def test_a_run_that_never_began_is_drafted_with_its_error() -> None:
    outcome = RunOutcome("orders", "r", None, error=Failure("ImportError", "no module at /tmp/x/y.py\nmore"))
    text = draft(outcome, GIVEN)
    assert _expected(text) == {"error": "ImportError: no module at **"}
    assert not _read(text).says.given.connections


def test_instances_that_ended_otherwise_are_named() -> None:
    outcome = _outcome(
        TaskOutcome(TaskKey("load", 0), "success", "Op", tries=1, output=10),
        TaskOutcome(TaskKey("load", 1), "failed", "Op", tries=1, error=Failure("ValueError", "x")),
    )
    assert _expected(draft(replace(outcome, state="failed"), GIVEN))["tasks"] == {
        "load": {"instances": 2, "output": [10, None]},
        "load[0]": "success",
        "load[1]": {"state": "failed", "error": "ValueError: x"},
    }


_TEXTS = st.text(string.printable + "äé€\u2028", max_size=30) | st.sampled_from(
    [
        "no",
        "012",
        "1e5",
        "0o17",
        "null",
        "~",
        "2026-01-02",
        "* x",
        "&a",
        "<<",
        "=",
        "a: b",
        "# c",
        "'",
        "1_000",
        "{{ x }}",
    ]
)
_VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXTS | st.datetimes() | st.binary(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None, max_examples=60)
@given(output=_VALUES, rendered=_VALUES, message=_TEXTS, conf=st.dictionaries(_TEXTS, _VALUES, max_size=2))
def test_every_draft_can_be_read_and_holds(
    output: object, rendered: object, message: str, conf: dict[str, Any]
) -> None:
    outcome = _outcome(
        _task("load", output, rendered={"sql": rendered}, xcoms={"more": output}),
        TaskOutcome(TaskKey("end"), "failed", "Op", tries=1, error=Failure("ValueError", message)),
    )
    given_ = Given(dag_id="orders", conf=conf, stub={"a": output})
    expect = _read(draft(outcome, given_)).says.expect
    assert not list(outcome_faults(expect, outcome))


DAG = """
import datetime, uuid
from airflow.sdk import Variable, dag, task

@dag(schedule=None, params={"n": 2})
def drafted():
    @task
    def extract(params=None, logical_date=None):
        return {"n": params["n"], "id": str(uuid.uuid4()), "now": datetime.datetime.now(), "for": logical_date}

    @task(retries=1)
    def each(n):
        return n * int(Variable.get("factor"))

    @task
    def secret(found):
        return Variable.get("api_token")

    found = extract()
    secret(each.expand(n=[1, 2]))
    found >> secret(found)

drafted()
"""


def test_a_draft_passes_when_it_is_run_again(workspace: pytest.Pytester) -> None:
    (workspace.path / "dags" / "drafted.py").write_text(DAG)
    workspace.makepyfile(
        """
        from pathlib import Path
        from airside.testing.cases.record import draft

        def test_drafting(dag_run):
            runs = [
                dag_run("drafted", conf={"n": 3}, variables={"factor": 2, "api_token": "t0ken-of-x"}) for _ in range(2)
            ]
            text = draft(runs[0].outcome, runs[0].given, runs[1].outcome)
            Path("tests/functional/drafted.yaml").write_text(text)
        """
    )
    workspace.runpytest("test_a_draft_passes_when_it_is_run_again.py").assert_outcomes(passed=1)
    text = (workspace.path / "tests" / "functional" / "drafted.yaml").read_text()
    assert "t0ken-of-x" not in text
    assert _expected(text)["tasks"]["each"] == {"state": "success", "instances": 2, "output": [2, 4]}
    workspace.runpytest("tests/functional").assert_outcomes(passed=1)
