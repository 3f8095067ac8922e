"""The whole check, with a real Airflow in the processes that it starts."""

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from folders import Folder

from airside.base.errors import UsageError, WorkspaceError
from airside.checking.check import Request, run_check
from airside.checking.inspector import Inspector, Limits
from airside.checking.report import Report
from airside.checking.selection import Selection, affected
from airside.checking.source import find_ruff
from airside.release.contract import Names
from airside.workspace.layout import serve_folder
from airside.workspace.workspace import open_workspace

SETTINGS = '[workspace]\nname = "flows"\ninclude = ["lib"]\n[environments.preprod]\n'
DAG = """\
from airflow.sdk import dag, task
{imports}

@dag(schedule=None)
def {name}():
    @task
    def work() -> int:
        return {value}

    work()

{name}()
"""
USES = "from lib.sums import total"
FILES = {
    "dags/orders.py": DAG.format(name="orders", imports=USES, value="total(1)"),
    "dags/returns.py": DAG.format(name="returns", imports="", value="1"),
    "dags/helper.py": "def nothing() -> None: ...\n",
    "lib/__init__.py": "",
    "lib/sums.py": "def total(number: int) -> int:\n    return number\n",
}


@pytest.fixture(scope="module")
def inspector() -> Iterator[Inspector]:
    """One warm Python for all tests: what one file does is not seen by the next."""
    with Inspector(Path(sys.executable), environment={}, limits=Limits(jobs=2)) as inspector:
        yield inspector


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "flüge & Züge", SETTINGS, FILES)


@pytest.fixture
def request_(folder: Folder) -> Request:
    return request_for(folder)


def request_for(folder: Folder) -> Request:
    workspace = open_workspace(folder.root)
    return Request(workspace=workspace, root=serve_folder(workspace), ruff=find_ruff(workspace.state / "env"))


def found(report: Report) -> set[tuple[str, int | None, str]]:
    return {(finding.file, finding.line, finding.rule) for finding in report.findings}


def rules(report: Report) -> set[tuple[str, str]]:
    return {(file, rule) for file, _, rule in found(report)}


def test_a_good_workspace_has_no_findings(request_: Request, inspector: Inspector) -> None:
    report = run_check(request_, inspector)
    assert found(report) == set()
    assert report.passed
    assert report.complete
    assert [workflow.id for workflow in report.description.workflows] == ["orders", "returns"]
    assert [facts.file for facts in report.facts] == ["dags/orders.py", "dags/returns.py"]
    assert set(report.stages) == {"source", "import", "contract", "policy"}


def test_every_stage_has_its_say_and_the_order_is_by_place(folder: Folder, inspector: Inspector) -> None:
    folder.write("airside.toml", SETTINGS + "[policy]\ndocumentation = 'warning'\n")
    folder.write("dags/broken.py", "from airflow.sdk import dag\nimport nowhere_at_all\n")
    folder.write("dags/again.py", FILES["dags/returns.py"])
    folder.write("lib/sums.py", "import os\n" + FILES["lib/sums.py"])
    report = run_check(request_for(folder), inspector)
    assert {("dags/broken.py", 2, "import-error"), ("lib/sums.py", 1, "F401")} <= found(report)
    assert {("dags/returns.py", "duplicate-workflow"), ("dags/orders.py", "documentation")} <= rules(report)
    assert not report.passed
    places = [(finding.file, finding.line or 0) for finding in report.findings]
    assert places == sorted(places)


def test_a_rule_can_be_off_or_an_error_and_a_comment_ignores_it_with_a_reason(
    folder: Folder, inspector: Inspector
) -> None:
    folder.write("lib/sums.py", "import os\nimport sys  # airside: ignore[F401] kept for a reason\n")
    folder.write("dags/orders.py", FILES["dags/returns.py"].replace("returns", "orders"))
    folder.write("airside.toml", SETTINGS + "[policy]\nF401 = 'error'\nunused-ignore = 'off'\n")
    report = run_check(request_for(folder), inspector)
    assert [(finding.line, finding.severity) for finding in report.findings] == [(1, "error")]


def test_a_comment_that_ignores_nothing_is_a_finding_where_the_rule_was_applied(
    folder: Folder, inspector: Inspector
) -> None:
    folder.write("lib/sums.py", "# airside: ignore-file[import-error] once it was\n" + FILES["lib/sums.py"])
    complete = run_check(request_for(folder), inspector)
    assert found(complete) == {("lib/sums.py", 1, "unused-ignore")}
    request = request_for(folder)
    part = run_check(replace(request, selection=affected(request.workspace, ["lib/sums.py"])), inspector)
    assert found(part) == set()


def test_what_an_environment_may_lack_elsewhere_is_no_unused_comment(folder: Folder, inspector: Inspector) -> None:
    folder.write("dags/returns.py", "# airside: ignore-file[missing-variable] set by hand\n" + FILES["dags/returns.py"])
    assert found(run_check(request_for(folder), inspector)) == set()


def test_a_part_is_checked_without_a_word_about_the_rest(folder: Folder, inspector: Inspector) -> None:
    folder.write("dags/broken.py", "from airflow.sdk import dag\nimport nowhere_at_all\nimport os\n")
    request = request_for(folder)
    part = run_check(replace(request, selection=affected(request.workspace, ["lib/sums.py"])), inspector)
    assert found(part) == set()
    assert not part.complete
    assert [facts.file for facts in part.facts] == ["dags/orders.py"]


def test_all_dag_files_together_are_the_whole(folder: Folder, inspector: Inspector) -> None:
    request = request_for(folder)
    selection = affected(request.workspace, [path for path in FILES if path.startswith("dags/")])
    assert run_check(replace(request, selection=selection), inspector).complete


def test_a_file_that_is_named_is_imported_only_where_airflow_would(folder: Folder, inspector: Inspector) -> None:
    folder.write("dags/.airflowignore", "hidden.py\n")
    folder.write("dags/hidden.py", FILES["dags/returns.py"] + "raise SystemError\n")
    request = request_for(folder)
    selection = Selection(dags=("dags/hidden.py", "dags/helper.py"), files=("dags/hidden.py", "dags/helper.py"))
    report = run_check(replace(request, selection=selection), inspector)
    assert report.facts == ()
    assert rules(report) == {("dags/hidden.py", "ignored-workflow")}


def test_what_is_known_of_other_files_counts_after_a_save(folder: Folder, inspector: Inspector) -> None:
    request = request_for(folder)
    before = run_check(request, inspector)
    known = {facts.file: facts for facts in before.facts}
    folder.write("dags/new.py", FILES["dags/returns.py"])
    selection = affected(request.workspace, ["dags/new.py"], before.facts)
    after = run_check(replace(request, selection=selection, known=known), inspector)
    assert after.complete
    assert ("dags/returns.py", "duplicate-workflow") in rules(after)
    (folder.root / "dags/new.py").unlink()
    known = {facts.file: facts for facts in after.facts}
    gone = run_check(replace(request, selection=affected(request.workspace, ["dags/new.py"]), known=known), inspector)
    assert found(gone) == set()
    assert [facts.file for facts in gone.facts] == ["dags/orders.py", "dags/returns.py"]


def test_without_a_dag_file_python_is_not_asked(folder: Folder) -> None:
    folder.write("lib/sums.py", "import os\n")
    request = replace(request_for(folder), selection=Selection(files=("lib/sums.py",)))
    assert found(run_check(request, None)) == {("lib/sums.py", 1, "F401")}


def test_a_workspace_without_workflows_can_be_checked(tmp_path: Path, inspector: Inspector) -> None:
    folder = Folder(tmp_path / "empty", SETTINGS, {"dags/README.md": "None yet.\n", "lib/__init__.py": ""})
    report = run_check(request_for(folder), inspector)
    assert report.findings == ()
    assert report.facts == ()


def test_files_that_are_no_text_or_gone_or_huge_harm_nobody_else(folder: Folder, inspector: Inspector) -> None:
    (folder.root / "dags/latin.py").write_bytes(b"# airflow dag \xe9\n")
    (folder.root / "dags/nowhere.py").symlink_to("gone.py")
    (folder.root / "dags/huge.py").write_text("# airflow dag\n" + "# filler\n" * 400_000)
    report = run_check(request_for(folder), inspector)
    assert "dags/latin.py" in {finding.file for finding in report.findings if finding.severity == "error"}
    assert {"orders", "returns"} == {workflow.id for workflow in report.description.workflows}


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read everything")
def test_a_file_that_nobody_may_read_is_a_finding(folder: Folder, inspector: Inspector) -> None:
    folder.write("dags/locked.py", "# airflow dag\n")
    (folder.root / "dags/locked.py").chmod(0)
    assert "dags/locked.py" in {finding.file for finding in run_check(request_for(folder), inspector).findings}


def test_a_file_that_vanishes_between_the_choice_and_the_import_harms_nobody_else(
    folder: Folder, inspector: Inspector
) -> None:
    request = request_for(folder)
    selection = Selection(dags=("dags/gone.py", "dags/orders.py"), files=("dags/gone.py", "dags/orders.py"))
    report = run_check(replace(request, selection=selection), inspector)
    assert "orders" in {workflow.id for workflow in report.description.workflows}


def test_a_rule_that_does_not_exist_is_told_before_anything_is_imported(folder: Folder) -> None:
    folder.write("airside.toml", SETTINGS + "[policy]\nownr = 'error'\n")
    with pytest.raises(WorkspaceError, match="there is no rule 'ownr'"):
        run_check(request_for(folder), None)


def test_needs_are_compared_with_the_environment_that_is_named(folder: Folder, inspector: Inspector) -> None:
    folder.write(
        "dags/returns.py",
        FILES["dags/returns.py"]
        .replace("return 1", "return int(Variable.get('limit'))")
        .replace("dag, task", "Variable, dag, task"),
    )
    has = Names().adding("variable", ["limit"], whole=True)
    lacks = Names().adding("variable", [], whole=True)
    request = replace(request_for(folder), names={"preprod": lacks, "production": has})
    assert "missing-variable" not in {rule for _, _, rule in found(run_check(request, inspector))}
    named = run_check(replace(request, environment="preprod"), inspector)
    assert ("dags/returns.py", "missing-variable") in rules(named)
    assert named.environment == "preprod"


def test_what_no_release_can_hold_is_refused_before_anybody_waits_for_it(folder: Folder) -> None:
    pipe = folder.root / "dags/pipe.py"
    os.mkfifo(pipe)
    with pytest.raises(UsageError, match=r"dags/pipe\.py is a pipe"):
        run_check(request_for(folder), None)
    pipe.unlink()
    Path(os.fsdecode(os.fsencode(folder.root) + b"/dags/x\xff.py")).write_text("")
    with pytest.raises(UsageError, match=r"dags/x\\xff\.py is not UTF-8"):
        run_check(request_for(folder), None)


def test_a_syntax_error_of_a_dag_file_is_told_once(folder: Folder, inspector: Inspector) -> None:
    folder.write("dags/half.py", 'from airflow.sdk import DAG\nwith DAG("half"\n')
    assert [f.rule for f in run_check(request_for(folder), inspector).findings] == ["import-error"]


def test_an_unknown_name_that_ends_the_import_is_told_once(folder: Folder, inspector: Inspector) -> None:
    folder.write("dags/half.py", "from airflow.sdk import DAG\nlimit\n\ndef later():\n    return limits\n")
    found = [(f.rule, f.line) for f in run_check(request_for(folder), inspector).findings if f.severity == "error"]
    assert found == [("import-error", 2), ("F821", 5)]


def test_an_ignore_file_that_is_no_text_hides_no_other_finding(folder: Folder, inspector: Inspector) -> None:
    (folder.root / "dags/.airflowignore").write_bytes(b"\xff\xfe[abc\n")
    report = run_check(request_for(folder), inspector)
    assert [(finding.file, finding.rule) for finding in report.findings] == [
        ("dags/.airflowignore", "invalid-ignore-file")
    ]
    assert {"orders", "returns"} == {workflow.id for workflow in report.description.workflows}


def test_a_link_that_leads_back_is_what_is_wrong(folder: Folder, inspector: Inspector) -> None:
    (folder.root / "dags/loop").symlink_to(".")
    report = run_check(request_for(folder), inspector)
    assert ("dags/loop", "import-error") in {(finding.file, finding.rule) for finding in report.findings}
