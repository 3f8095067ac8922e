"""What `[policy]` may say, and what is said of what it may not."""

from datetime import timedelta
from pathlib import Path

import pytest

from airside.base.errors import WorkspaceError
from airside.workspace.policy_rules import BoundsRule, TimeRule
from airside.workspace.policy_settings import PolicySettings
from airside.workspace.reading import parse_settings

TEAM = '[[policy.teams]]\nname = "sales"\npaths = ["dags/sales"]\n'
OVERRIDE = '[[policy.overrides]]\npaths = ["dags/legacy"]\nreason = "old"\n'


def _read(text: str) -> PolicySettings:
    return parse_settings(f'[workspace]\nname = "x"\n{text}\n'.encode(), Path("airside.toml")).policy


def test_a_word_is_a_table_with_only_a_severity() -> None:
    said = _read('[policy]\nowner = "warning"\nretries = { severity = "warning", max = 5 }\nF401 = "off"').rules
    assert {rule: settings.severity for rule, settings in said.items()} == {
        "owner": "warning",
        "retries": "warning",
        "F401": "off",
    }
    assert said["retries"] == BoundsRule(severity="warning", min=1, max=5)


def test_a_table_without_a_severity_is_an_error() -> None:
    said = _read('[policy.run-timeout]\nmax = "1d2h3m4s"').rules["run-timeout"]
    assert isinstance(said, TimeRule)
    assert (said.severity, said.max) == ("error", timedelta(days=1, hours=2, minutes=3, seconds=4))


def test_nothing_is_said_of_any_rule_unless_it_is_written() -> None:
    assert _read("").rules == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[policy]\nowner = "eror"', "policy.owner.severity: expected 'off', 'warning' or 'error', found 'eror'"),
        ("[policy]\nowner = 3", "policy.owner: expected 'off', 'warning' or 'error', or a table, found 3"),
        ("[policy]\nowner = { allow = [] }", "policy.owner.allow: unknown key (known: severity, allowed; did you mean"),
        ('[policy]\nF401 = { sevrity = "off" }', "policy.F401.sevrity: unknown key (known: severity; did you mean"),
        ("[policy]\nloads = 4", "policy.loads: expected 'off', 'warning' or 'error', or a table, found 4"),
        (
            '[policy]\nworkflow_id = "error"',
            "'workflow_id' is neither a rule nor a code of ruff; did you mean 'workflow-id'",
        ),
        ('[policy]\noperators = "error"', "policy.operators: needs `allow` or `deny`"),
        ("[policy]\nretries = { min = 3, max = 1 }", "policy.retries: max, 1, is less than min, 3"),
        ("[policy]\nretries = { min = -1 }", "policy.retries.min: "),
        ("[policy]\nrun-timeout = { max = 4 }", 'policy.run-timeout.max: expected a duration in quotes, such as "90m"'),
        ('[policy]\nrun-timeout = { max = "" }', "policy.run-timeout.max: expected a duration"),
        ('[policy]\ntask-id = { pattern = "(" }', "policy.task-id.pattern: '(' is not a regular expression"),
        ('[policy]\ntags = { patterns = ["["] }', "policy.tags.patterns[0]: '[' is not a regular expression"),
        (OVERRIDE, "policy.overrides[0].rules: is missing"),
        (f"{OVERRIDE}rules = {{}}", "policy.overrides: an override without `rules` changes nothing"),
        (
            f'{OVERRIDE}rules = {{ owner = "of" }}',
            "policy.overrides[0].rules.owner: expected 'off', 'warning' or 'error'",
        ),
        ('[[policy.overrides]]\npaths = ["x"]\nrules = { a = "off" }', "policy.overrides[0].reason: is missing"),
        ('[[policy.overrides]]\npaths = ["x"]\nrules = { a = "off" }\nreason = ""', "reason: expected some text"),
        (TEAM.replace('"dags/sales"', ""), "policy.teams[0].paths: expected a list of one or more, found []"),
        (TEAM.replace("dags/sales", " "), "policy.teams[0].paths[0]: ' ' matches no path"),
        (TEAM.replace("dags/sales", "["), "policy.teams[0].paths[0]: '[' matches no path"),
        (TEAM.replace("dags/sales", "!"), "policy.teams[0].paths[0]: '!' is not a pattern of paths"),
        (
            f'{TEAM}workflow_id = "x"',
            "policy.teams[0].workflow_id: unknown key (known: name, paths, workflow-id, owner,",
        ),
        (f'{TEAM}operators = {{ dny = ["x"] }}', "policy.teams[0].operators.dny: unknown key (known: allow, deny; did"),
        ('[policy.teams]\nname = "x"', "policy.teams: expected a list"),
    ],
)
def test_a_wrong_line_is_named_with_what_was_expected(text: str, said: str) -> None:
    with pytest.raises(WorkspaceError) as refused:
        _read(text)
    assert said in refused.value.message
    assert refused.value.hint
