"""Every rule has a page, and finds on it what the page says, where the page says it."""

import runpy
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rule_pages import PAGES, Example, example
from walkthrough import DOCS

from airside.checking.check import Request, run_check
from airside.checking.findings import Finding
from airside.checking.inspector import Inspector, Limits
from airside.checking.rules import RULES
from airside.checking.source import find_ruff
from airside.cli.names import all_names
from airside.workspace.layout import serve_folder
from airside.workspace.workspace import open_workspace

ELSEWHERE = {"foreign-workflow"}
"""What one workspace alone cannot show: its own tests do."""


@pytest.fixture(scope="module")
def inspector() -> Iterator[Inspector]:
    limits = Limits(seconds=4, memory_mib=700, network=False, jobs=1)
    with Inspector(Path(sys.executable), environment={}, limits=limits) as running:
        yield running


def check(shown: Example, root: Path, inspector: Inspector) -> tuple[Finding, ...]:
    workspace = open_workspace(shown.write(root))
    request = Request(
        workspace=workspace,
        root=serve_folder(workspace),
        names=all_names(workspace),
        environment=shown.environment,
        ruff=find_ruff(workspace.state / "env"),
    )
    return run_check(request, inspector).findings


def test_every_rule_has_a_page_and_every_page_a_rule() -> None:
    assert {page.stem for page in PAGES.glob("*.md")} - {"index"} == set(RULES)


@pytest.mark.parametrize("rule", sorted(set(RULES) - ELSEWHERE))
def test_the_bad_example_has_the_finding_where_the_page_says(rule: str, tmp_path: Path, inspector: Inspector) -> None:
    shown = example(PAGES / f"{rule}.md", "Bad")
    assert shown.places
    found = {(finding.file, finding.line) for finding in check(shown, tmp_path, inspector) if finding.rule == rule}
    files = {file for file, line in shown.places if line is None}
    assert {(file, None if file in files else line) for file, line in found} == shown.places


@pytest.mark.parametrize("rule", sorted(set(RULES) - ELSEWHERE))
def test_the_good_example_has_no_error_and_not_this_finding(rule: str, tmp_path: Path, inspector: Inspector) -> None:
    found = check(example(PAGES / f"{rule}.md", "Good"), tmp_path, inspector)
    assert [finding for finding in found if finding.severity == "error" or finding.rule == rule] == []


@pytest.mark.parametrize("rule", sorted(RULES))
def test_the_page_says_what_the_rule_says(rule: str) -> None:
    page = (PAGES / f"{rule}.md").read_text()
    assert page.startswith(f"# {rule}\n")
    assert f"{RULES[rule].group}" in page
    assert f"{RULES[rule].severity or 'off'}" in page


def test_the_index_and_the_navigation_are_what_the_rules_make() -> None:
    made = runpy.run_path(str(DOCS / "generate_rule_index.py"))
    assert (PAGES / "index.md").read_text() == made["index"]()
    assert (DOCS.parent / "zensical.toml").read_text() == made["navigation"]()
