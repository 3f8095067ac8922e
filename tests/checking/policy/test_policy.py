"""The rules of `[policy]`, on descriptions as a check makes them."""

import tomllib

import pytest

from airside.base.errors import WorkspaceError
from airside.checking.findings import Finding
from airside.checking.policy.findings import policy_findings
from airside.checking.policy.severities import codes_off, severities
from airside.checking.rules import RULES
from airside.release.description import TaskDescription, WorkflowDescription
from airside.workspace.policy_settings import PolicySettings


def _settings(text: str) -> PolicySettings:
    return PolicySettings.model_validate(tomllib.loads(text))


def _found(text: str, *workflows: WorkflowDescription, tests: str = "") -> list[Finding]:
    settings = _settings(text)
    return list(policy_findings(workflows, settings, severities(settings), tests=lambda: tests))


def _workflow(*tasks: TaskDescription, **fields: object) -> WorkflowDescription:
    values = {"id": "orders", "file": "dags/orders.py", "line": 3, "tasks": tasks, "owners": ("sales",), **fields}
    return WorkflowDescription(**values)  # type: ignore[arg-type]


def _task(name: str = "load", **fields: object) -> TaskDescription:
    return TaskDescription(id=name, operator=fields.pop("operator", "BashOperator"), line=7, **fields)  # type: ignore[arg-type]


CHAIN = (
    _task("check_source"),
    _task("load", upstream=("check_source",)),
    _task("summary", upstream=("load",), trigger_rule="all_done"),
)
SETUP = (
    _task("make_table", kind="setup"),
    _task("checks.rows", upstream=("make_table",)),
    _task("end.summary", upstream=("checks.rows",), trigger_rule="all_done"),
    _task("drop_table", kind="teardown", upstream=("end.summary",)),
)


@pytest.mark.parametrize(
    ("rule", "options", "workflow", "message"),
    [
        ("owner", "", _workflow(_task(), owners=("airflow",)), "'orders' names no owner"),
        ("owner", "", _workflow(_task(), owners=("airflow", "sales")), "has tasks without an owner"),
        ("owner", 'allowed = ["finance", "web"]', _workflow(_task()), "has the owner 'sales'"),
        ("tags", "", _workflow(), "has no tags"),
        ("tags", 'required = ["team", "x"]', _workflow(tags=("x",)), "lacks the tag 'team'"),
        ("tags", 'patterns = ["^team:"]', _workflow(tags=("my-team:x",)), "no tag that matches '^team:'"),
        ("tags", 'allowed = ["team:*"]', _workflow(tags=("team:a", "b")), "has the tag 'b'"),
        ("retries", "", _workflow(_task()), "'load' is retried not at all"),
        ("retries", "max = 2", _workflow(_task(retries=3)), "'load' is retried 3 times"),
        ("retries", "min = 2", _workflow(_task(retries=1)), "'load' is retried once"),
        ("execution-timeout", "", _workflow(_task()), "'load' has no time-out"),
        ("execution-timeout", 'max = "4h"', _workflow(_task(execution_timeout="4:00:01")), "a time-out of 4:00:01"),
        ("execution-timeout", 'max = "2d"', _workflow(_task(execution_timeout="48:00:01")), "a time-out of"),
        ("run-timeout", "", _workflow(), "'orders' has no time-out"),
        ("run-timeout", 'max = "90m"', _workflow(run_timeout="1:30:01"), "a time-out of 1:30:01"),
        ("workflow-id", "", _workflow(id="Orders"), "'Orders' does not match"),
        ("workflow-id", 'pattern = "^sales_"', _workflow(), "'orders' does not match '^sales_'"),
        ("task-id", "", _workflow(_task("loads.Load")), "'loads.Load' does not match"),
        ("catchup", "", _workflow(catchup=True, schedule="@daily"), "catches up on missed runs"),
        ("active-runs", "", _workflow(), "may have 16 runs at one time"),
        ("active-runs", "max = 3", _workflow(max_active_runs=4), "may have 4 runs"),
        ("operators", 'deny = ["BashOperator"]', _workflow(_task()), "'load' uses BashOperator, which is denied"),
        ("operators", 'deny = ["acme.ssh.*"]', _workflow(_task(module="acme.ssh.operators")), "is denied"),
        ("operators", 'allow = ["PythonOperator"]', _workflow(_task()), "which is not allowed"),
        ("shape", "", _workflow(*CHAIN[1:]), "begins with 'load'"),
        ("shape", "", _workflow(*CHAIN[:2]), "ends with 'load'"),
        ("shape", "", _workflow(*CHAIN[:2], _task("drop", kind="teardown", upstream=("load",))), "ends with 'load'"),
        ("shape", 'last-trigger-rule = "none_failed"', _workflow(*CHAIN), "has the trigger rule 'all_done'"),
        ("shape", 'first = "verify*"', _workflow(*SETUP), "begins with 'checks.rows'"),
        ("documentation", "", _workflow(), "is not documented"),
        ("test-exists", "", _workflow(), "has no test"),
        ("size", "max = 2", _workflow(*CHAIN), "has 3 tasks, more than 2"),
        ("schedule", "", _workflow(), "has no schedule"),
    ],
)
def test_what_is_not_as_the_rule_has_it_is_found(
    rule: str, options: str, workflow: WorkflowDescription, message: str
) -> None:
    found = _found(f'[{rule}]\nseverity = "warning"\n{options}', workflow)
    assert [(finding.rule, finding.severity, finding.file) for finding in found] == [(rule, "warning", workflow.file)]
    assert message in found[0].message
    assert found[0].fix
    assert found[0].url == RULES[rule].url
    assert found[0].workflow == workflow.id
    assert found[0].line == (7 if found[0].task else 3)


@pytest.mark.parametrize(
    ("rule", "options", "workflow"),
    [
        ("owner", 'allowed = ["sales", "web"]', _workflow(owners=("sales, web",))),
        ("owner", "", _workflow(owners=())),
        ("tags", 'required = ["x"]\npatterns = ["^team:"]\nallowed = ["x", "team:*"]', _workflow(tags=("team:a", "x"))),
        ("retries", "min = 0\nmax = 2", _workflow(_task(), _task("b", retries=2))),
        ("retries", "", _workflow(_task(operator="EmptyOperator"))),
        ("execution-timeout", 'max = "1d12h"', _workflow(_task(execution_timeout="36:00:00"))),
        ("run-timeout", 'max = "90m"', _workflow(run_timeout="1:30:00")),
        ("workflow-id", "", _workflow(id="orders_2")),
        ("task-id", "", _workflow(_task("Loads.load__1"))),
        ("catchup", "", _workflow(catchup=True)),
        ("active-runs", "", _workflow(max_active_runs=1)),
        ("operators", 'allow = ["acme.*"]', _workflow(_task(module="acme.operators"))),
        ("shape", "", _workflow(*CHAIN)),
        ("shape", "", _workflow(*SETUP)),
        ("shape", "", _workflow(*CHAIN[:2], _task("summary", kind="teardown", upstream=("load",)))),
        ("shape", "", _workflow()),
        ("documentation", "", _workflow(documented=True)),
        ("size", "max = 3", _workflow(*CHAIN)),
        ("schedule", "", _workflow(schedule="@daily")),
    ],
)
def test_what_is_as_the_rule_has_it_is_not(rule: str, options: str, workflow: WorkflowDescription) -> None:
    assert _found(f'[{rule}]\nseverity = "error"\n{options}', workflow) == []


@pytest.mark.parametrize(
    ("tests", "found"),
    [
        ('run("orders")', 0),
        ("workflow: orders.", 0),
        ('run("orders.load")', 0),
        ('run("daily_orders")', 1),
        ('run("orders-2")', 1),
        ('run("web.orders")', 1),
        ("", 1),
    ],
)
def test_a_test_is_one_that_mentions_the_id(tests: str, found: int) -> None:
    assert len(_found('test-exists = "error"', _workflow(), tests=tests)) == found


def test_nothing_is_found_without_policy() -> None:
    assert _found("", _workflow(_task(owner="airflow"), owners=("airflow",), catchup=True, schedule="@daily")) == []


def test_every_rule_of_the_group_can_be_turned_on() -> None:
    rules = [rule.id for rule in RULES.values() if rule.group == "policy" and rule.id != "policy-error"]
    text = "".join(f'{rule} = "error"\n' for rule in rules if rule != "operators")
    bad = _workflow(_task("Load"), id="Orders", catchup=True, schedule="@daily", owners=("airflow",), tags=())
    large = _workflow(*(_task(f"t{number}") for number in range(101)))
    found = {finding.rule for finding in _found(text + 'operators.deny = ["BashOperator"]', bad, large)}
    assert found == set(rules)


TEAMS = """
workflow-id = { severity = "warning", pattern = "^any_" }
tags = { required = ["all"], allowed = ["all", "web"] }
[[teams]]
name = "sales"
paths = ["dags/sales/**"]
workflow-id = "^sales_"
owner = ["sales"]
tags = ["web"]
operators = { deny = ["BashOperator"] }
[[teams]]
name = "sales in France"
paths = ["dags/sales/fr/**"]
workflow-id = "^sales_fr_"
"""


def _sales(name: str, file: str, **fields: object) -> WorkflowDescription:
    return _workflow(_task(), id=name, file=file, **{"tags": ("web",), **fields})


def test_a_team_has_its_own_patterns() -> None:
    file, deeper = "dags/sales/a.py", "dags/sales/fr/a.py"
    assert {f.rule for f in _found(TEAMS, _sales("sales_a", file))} == {"operators"}
    assert {f.rule for f in _found(TEAMS, _sales("any_a", file, owners=("x",)))} == {
        "operators",
        "workflow-id",
        "owner",
    }
    assert {f.rule for f in _found(TEAMS, _sales("sales_a", deeper))} == {"operators", "workflow-id"}
    assert {f.rule for f in _found(TEAMS, _sales("sales_fr_a", deeper, tags=("web", "x")))} == {"operators", "tags"}
    assert {f.rule for f in _found(TEAMS, _sales("any_a", "dags/web.py", owners=("x",)))} == {"tags"}


def test_a_team_turns_a_rule_on_and_the_plain_severity_holds_for_it_too() -> None:
    found = {f.rule: f.severity for f in _found(TEAMS, _sales("x", "dags/sales/a.py"))}
    assert found == {"operators": "error", "workflow-id": "warning"}


OVERRIDDEN = """
owner = "error"
F401 = "off"
S = "error"
PL = "error"
loads-have-owner = "warning"
[[overrides]]
paths = ["dags/legacy/**"]
rules = { owner = "warning", catchup = "off", import-error = "warning", F4 = "error" }
reason = "moves to the new platform in 2027"
[[overrides]]
paths = ["dags/legacy/new.py", "*.yaml"]
rules = { owner = "off", invalid-syntax = "warning" }
reason = "is new"
"""


@pytest.mark.parametrize(
    ("rule", "file", "severity"),
    [
        ("owner", "dags/a.py", "error"),
        ("owner", "dags/legacy/a.py", "warning"),
        ("owner", "dags/legacy/deep/a.py", "warning"),
        ("owner", "dags/legacy/new.py", None),
        ("catchup", "dags/a.py", None),
        ("import-error", "dags/a.py", "error"),
        ("import-error", "dags/legacy/a.py", "warning"),
        ("unused-ignore", "dags/a.py", "warning"),
        ("F401", "dags/a.py", None),
        ("F401", "dags/legacy/a.py", "error"),
        ("F821", "dags/a.py", "error"),
        ("F841", "dags/a.py", "warning"),
        ("S603", "dags/a.py", "error"),
        ("SIM101", "dags/a.py", "warning"),
        ("PLR0913", "dags/a.py", "error"),
        ("invalid-syntax", "dags/a.py", "error"),
        ("invalid-syntax", "configs/a.yaml", "warning"),
        ("loads-have-owner", "dags/a.py", "warning"),
        ("another-of-ours", "dags/a.py", "error"),
    ],
)
def test_a_severity_is_the_last_override_then_the_plain_one_then_the_default(
    rule: str, file: str, severity: str | None
) -> None:
    assert severities(_settings(OVERRIDDEN), {"loads-have-owner"}).of(rule, file) == severity


def test_findings_are_graded_and_those_of_rules_that_are_off_are_left_out() -> None:
    def finding(rule: str, severity: str, file: str = "dags/a.py") -> Finding:
        return Finding(rule=rule, severity=severity, file=file, message="…")  # type: ignore[arg-type]

    graded = severities(_settings(OVERRIDDEN), {"loads-have-owner"}).graded
    kept = finding("missing-variable", "warning")
    assert graded([kept, finding("F401", "warning")]) == (kept,)
    assert graded([finding("import-error", "error", "dags/legacy/a.py")])[0].severity == "warning"
    assert graded([finding("PLR0913", "warning")])[0].severity == "error"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('ownr = "error"', "policy: there is no rule 'ownr'; did you mean 'owner'?"),
        ('[[overrides]]\npaths = ["x"]\nrules = { cachup = "off" }\nreason = "x"', "no rule 'cachup'; did you mean"),
        ('loads-have-ownr = "off"', "no rule 'loads-have-ownr'; did you mean 'loads-have-owner'?"),
    ],
)
def test_a_rule_that_does_not_exist_is_named(text: str, said: str) -> None:
    with pytest.raises(WorkspaceError) as refused:
        severities(_settings(text), {"loads-have-owner"})
    assert said in refused.value.message
    assert refused.value.hint


def test_a_code_of_ruff_and_a_rule_of_the_workspace_are_known() -> None:
    severities(_settings('F401 = "off"\nAIR3 = "warning"\nloads-have-owner = "off"'), {"loads-have-owner"})


def test_the_codes_of_ruff_that_are_off_are_known() -> None:
    assert codes_off(_settings('F401 = "off"\nS = "off"\nF821 = "warning"\nimport-slow = "off"')) == ["F401", "S"]
