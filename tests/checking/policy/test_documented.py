"""What the pages on policy say is so."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from walkthrough import DOCS, fences

from airside.checking.policy.own import own_findings, read_own_rules
from airside.checking.policy.severities import severities
from airside.checking.rules import RULES
from airside.checking.source import ERRORS, NOISY, SELECTED
from airside.inspection.policies import ERROR, run_policies
from airside.release.description import TaskDescription, WorkflowDescription
from airside.workspace.policy_settings import PolicySettings

POLICY = DOCS / "reference" / "policy.md"
GUIDE = DOCS / "how-to" / "write-your-own-rule.md"
_BLOCK = re.compile(r'^```\w+ title="(?P<path>[^"]+)"\n(?P<text>.*?)^```$', re.MULTILINE | re.DOTALL)


def test_the_policy_that_the_page_shows_holds() -> None:
    (shown,) = [tomllib.loads(fence.text)["policy"] for fence in fences(POLICY) if fence.language == "toml"]
    said = severities(PolicySettings.model_validate(shown), {"loads-have-owner"})
    assert said.of("owner", "dags/legacy/old.py") == "warning"
    assert said.of("catchup", "dags/legacy/old.py") is None


def test_the_page_lists_the_rules_that_have_options_with_their_defaults() -> None:
    rows = dict(re.findall(r"^\| \[`([a-z-]+)`\]\(rules/\1\.md\) \| ?(.*?) ?\|$", POLICY.read_text(), re.MULTILINE))
    group = [rule.id for rule in RULES.values() if rule.group == "policy" and rule.id != ERROR]
    assert list(rows) == group
    for rule, shown in rows.items():
        settings = PolicySettings().rule(rule).model_dump(by_alias=True, exclude={"severity"})
        assert re.findall(r"`([a-z-]+)(?: = [^`]+)?`(?=, |$|;)", shown) == list(settings)
        defaults = tomllib.loads("\n".join(re.findall(r"`([a-z-]+ = [^`]+)`", shown)))
        plain = {name: list(value) if isinstance(value, tuple) else value for name, value in settings.items()}
        assert {name: value for name, value in plain.items() if value is not None} == defaults


def test_the_page_lists_what_is_asked_of_ruff() -> None:
    page = POLICY.read_text()
    assert [code for code in (*ERRORS, *NOISY, *SELECTED) if f"`{code}`" not in page] == []


def test_the_rules_of_the_guide_find_what_it_says(tmp_path: Path) -> None:
    blocks = {match["path"]: match["text"] for match in _BLOCK.finditer(GUIDE.read_text())}
    for path, text in blocks.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    own = read_own_rules(tmp_path)
    said = severities(PolicySettings.model_validate(tomllib.loads(blocks["airside.toml"])["policy"]), own.ids)
    orders = WorkflowDescription(
        id="orders",
        file="dags/orders.py",
        schedule="0 0 * * *",
        tags=("report",),
        tasks=(TaskDescription(id="load_orders", operator="BashOperator", line=14),),
    )
    found = own_findings(own, [orders], said, lambda payload: _elsewhere(tmp_path, payload))
    lines = [f"{finding.place}: {finding.severity}: {finding.message} [{finding.rule}]" for finding in found]
    assert lines[0] in GUIDE.read_text()
    assert lines[1:] == ["dags/orders.py: warning: Workflow orders reports at midnight [reports-come-after-breakfast]"]
    subprocess.run(
        [sys.executable, "-c", "from tests.test_policies import *; test_a_report_at_midnight_is_found()"],
        cwd=tmp_path,
        check=True,
    )


def test_the_guide_names_all_that_a_rule_can_see() -> None:
    page = GUIDE.read_text()
    fields = {*WorkflowDescription.__struct_fields__, *TaskDescription.__struct_fields__} - {"fingerprint"}
    assert [name for name in sorted(fields) if f"`{name}`" not in page] == []


def _elsewhere(root: Path, payload: bytes) -> bytes:
    code = f"import sys; from pathlib import Path; from {run_policies.__module__} import run_policies as run; "
    code += "sys.stdout.buffer.write(run(Path(), sys.stdin.buffer.read()))"
    return subprocess.run([sys.executable, "-c", code], cwd=root, input=payload, capture_output=True, check=True).stdout
