"""What environments lack, from facts and names."""

from collections.abc import Mapping
from typing import Any

import pytest

from airside.checking.contract.comparing import contract_findings
from airside.checking.findings import Finding
from airside.inspection.facts import Event, Failure, FileFacts, Problem, WorkflowFacts
from airside.release.contract import Names
from airside.release.description import Need, NeedKind, TaskDescription, WorkflowDescription

KINDS: frozenset[NeedKind] = frozenset({"connection", "variable", "pool", "config", "environment-variable"})
HAS_NOTHING = Names(whole=KINDS)
UNKNOWN = Names(whole=frozenset({"pool", "config"}))


def _has(kind: NeedKind, *names: str) -> Names:
    return Names(has={kind: frozenset(names)}, whole=KINDS)


def _need(kind: NeedKind, name: str = "warehouse", **more: Any) -> Need:
    return Need(kind=kind, name=name, **{"file": "dags/orders.py", "line": 9, **more})


def _file(*needs: Need, id_: str = "orders", **more: Any) -> FileFacts:
    tasks = (TaskDescription(id="load", operator="X", line=5, outlets=("written",)),)
    workflow = WorkflowDescription(id=id_, file="dags/orders.py", line=2, tasks=tasks, needs=needs)
    facts = {"file": "dags/orders.py", "workflows": (WorkflowFacts(description=workflow),)}
    return FileFacts(**{**facts, **more})


def _found(
    *facts: FileFacts, names: Mapping[str, Names], environment: str | None = None, complete: bool = True
) -> list[Finding]:
    return list(contract_findings(facts, names, environment=environment, complete=complete))


def _said(found: list[Finding]) -> list[tuple[str, str, str]]:
    return [(finding.rule, finding.severity, finding.place) for finding in found]


@pytest.mark.parametrize("kind", ["connection", "variable"])
def test_what_the_environment_lacks_is_an_error_when_exact_and_a_warning_when_likely(kind: NeedKind) -> None:
    for certainty, severity in (("exact", "error"), ("likely", "warning")):
        facts = _file(_need(kind, certainty=certainty))
        found = _found(facts, names={"preprod": HAS_NOTHING}, environment="preprod")
        assert _said(found) == [(f"missing-{kind}", severity, "dags/orders.py:9")]
        assert "'preprod'" in found[0].message
        assert found[0].fix is not None
        assert "airside secrets edit preprod" in found[0].fix


@pytest.mark.parametrize("kind", ["connection", "variable", "pool", "config", "environment-variable", "workflow"])
def test_what_the_environment_has_or_the_code_can_do_without_or_is_dynamic_is_no_finding(kind: NeedKind) -> None:
    names = {"preprod": _has(kind, "warehouse")}
    assert _found(_file(_need(kind)), names=names, environment="preprod") == []
    for need in (_need(kind, "other", optional=True), _need(kind, "f'{x}'", certainty="dynamic")):
        assert _found(_file(need), names={"preprod": HAS_NOTHING}, environment="preprod") == []


@pytest.mark.parametrize("kind", ["connection", "variable", "environment-variable"])
def test_what_cannot_be_told_is_no_finding(kind: NeedKind) -> None:
    assert _found(_file(_need(kind)), names={"preprod": UNKNOWN}, environment="preprod") == []
    assert _found(_file(_need(kind)), names={"preprod": UNKNOWN, "production": UNKNOWN}) == []


def test_without_an_environment_only_what_none_has_is_a_warning() -> None:
    need = _need("connection")
    has = _has("connection", "warehouse")
    assert _found(_file(need), names={"preprod": HAS_NOTHING, "production": has}) == []
    found = _found(_file(need), names={"preprod": HAS_NOTHING, "production": HAS_NOTHING})
    assert _said(found) == [("missing-connection", "warning", "dags/orders.py:9")]
    assert "preprod, production" in found[0].message
    # One that is not known keeps nobody from a word about one that is.
    assert len(_found(_file(need), names={"preprod": HAS_NOTHING, "production": UNKNOWN})) == 1


@pytest.mark.parametrize("kind", ["pool", "config"])
def test_what_the_workspace_declares_itself_is_an_error_without_an_environment_too(kind: NeedKind) -> None:
    found = _found(_file(_need(kind)), names={"preprod": UNKNOWN, "production": UNKNOWN})
    assert _said(found) == [(f"missing-{kind}", "error", "dags/orders.py:9")]
    likely = _found(_file(_need(kind, certainty="likely")), names={"preprod": UNKNOWN})
    assert _said(likely) == [(f"missing-{kind}", "warning", "dags/orders.py:9")]


def test_a_name_that_is_nearly_right_comes_with_the_right_one() -> None:
    (found,) = _found(_file(_need("pool", "smal")), names={"dev": _has("pool", "small")}, environment="dev")
    assert "did you mean 'small'?" in found.message


def test_a_workflow_or_an_asset_is_missing_only_when_all_files_were_imported() -> None:
    facts = _file(_need("workflow", "order"), _need("asset", "writen"), _need("workflow", "orders"))
    names = {"dev": Names()}
    found = _found(facts, names=names)
    assert [(f.rule, f.severity) for f in found] == [("missing-workflow", "error"), ("missing-asset", "warning")]
    assert "did you mean 'orders'?" in found[0].message
    assert _found(facts, names=names, complete=False) == []
    assert [f.rule for f in _found(facts, names={})] == ["missing-workflow", "missing-asset"]


def test_what_a_file_that_cannot_be_imported_may_define_is_at_most_a_warning() -> None:
    facts = [
        _file(_need("workflow", "order"), _need("pool", "small")),
        FileFacts(file="dags/b.py", failures=(Failure(kind="exception", message="x"),)),
    ]
    for text, severities in ((b"DAG('order')", ["error"]), (b"DAG('shop')", ["warning", "error"])):
        found = contract_findings(
            facts, {"dev": HAS_NOTHING}, environment=None, complete=True, sources={"dags/b.py": text}
        )
        assert [finding.severity for finding in found] == severities
    assert [f.rule for f in _found(*facts, names={"dev": HAS_NOTHING})] == ["missing-pool"]


def test_an_asset_that_a_task_writes_or_that_lies_where_others_write_is_no_finding() -> None:
    facts = _file(_need("asset", "written"), _need("asset", "s3://bucket/orders"))
    assert _found(facts, names={"dev": Names()}) == []


def test_an_asset_that_a_workflow_can_do_without_is_written_by_others() -> None:
    watching, waiting = (_file(_need("asset", "flag", optional=optional)) for optional in (True, False))
    assert _found(watching, waiting, names={}) == []


def test_an_asset_in_a_place_that_the_release_writes_to_is_its_own() -> None:
    written = TaskDescription(id="a", operator="X", outlets=("s3://lake/orders",))
    needs = tuple(_need("asset", f"s3://{name}") for name in ("lake/orders", "lake/ordrs", "lake2/x", "lakes/x"))
    workflow = WorkflowDescription(id="a", file="dags/orders.py", tasks=(written,), needs=needs)
    (found,) = _found(_file(workflows=(WorkflowFacts(description=workflow),)), names={"dev": Names()})
    assert "'s3://lake/ordrs'; did you mean 's3://lake/orders'?" in found.message


def test_a_workflow_that_another_workspace_serves_is_no_finding() -> None:
    names = {"dev": Names(has={"workflow": frozenset({"elsewhere"})})}
    assert _found(_file(_need("workflow", "elsewhere")), names=names, environment="dev") == []


def test_what_several_ask_for_at_one_place_is_one_finding() -> None:
    needs = [_need("connection", task=task, file="lib/db.py", line=3) for task in ("load", "check")]
    facts = [_file(*needs), _file(*needs, id_="shop", file="dags/shop.py")]
    (found,) = _found(*facts, names={"dev": HAS_NOTHING}, environment="dev")
    assert (found.place, found.workflow) == ("lib/db.py:3", "orders")
    assert "2 workflows" in found.message


def test_a_need_without_a_place_is_told_at_its_task_or_its_workflow() -> None:
    for task, line in (("load", 5), ("made_elsewhere", 2), (None, 2)):
        facts = _file(_need("pool", task=task, file=None, line=None))
        (found,) = _found(facts, names={"dev": HAS_NOTHING})
        assert (found.place, found.task) == (f"dags/orders.py:{line}", task)


def test_what_the_import_asks_for_is_needed_unless_it_has_a_default() -> None:
    events = (
        Event(kind="variable", detail="region", file="lib/shop.py", line=4, answer="placeholder"),
        Event(kind="variable", detail="limit", file="lib/shop.py", line=5, answer="default"),
        Event(kind="connection", detail="db", file="dags/orders.py", line=6, answer="placeholder"),
    )
    found = _found(_file(events=events), names={"dev": HAS_NOTHING}, environment="dev")
    assert _said(found) == [
        ("missing-variable", "error", "lib/shop.py:4"),
        ("missing-connection", "error", "dags/orders.py:6"),
    ]


def test_an_environment_variable_that_every_process_has_is_not_missing() -> None:
    needs = [_need("environment-variable", name) for name in ("HOME", "AIRFLOW_HOME", "AIRFLOW_CTX_DAG_ID", "REGION")]
    (found,) = _found(_file(*needs), names={"dev": HAS_NOTHING}, environment="dev")
    assert (found.rule, found.severity) == ("missing-environment-variable", "warning")
    assert "'REGION'" in found.message


def test_a_problem_of_a_workflow_is_a_finding_of_its_rule() -> None:
    problems = (
        Problem(rule="xcom-task", message="no task 'a'", file="dags/orders.py", line=3, column=7),
        Problem(rule="xcom-task", message="no task 'b'", certainty="likely", task="load"),
        Problem(rule="xcom-task", message="no task 'c'", certainty="dynamic"),
        Problem(rule="missing-package", message="no module 'x'", task="load", file="lib/shop.py", line=3),
    )
    workflow = _file().workflows[0].description
    facts = [
        _file(workflows=(WorkflowFacts(description=workflow, problems=problems),)),
        _file(file="dags/b.py", workflows=(WorkflowFacts(description=workflow, problems=problems[-1:]),)),
    ]
    found = _found(*facts, names={})
    assert _said(found) == [
        ("xcom-task", "error", "dags/orders.py:3:7"),
        ("xcom-task", "warning", "dags/orders.py:5"),
        ("missing-package", "error", "lib/shop.py:3"),
    ]
    assert found[2].fix is not None
    assert "requirements.txt" in found[2].fix
