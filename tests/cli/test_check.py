import json
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import psutil
import pytest
import yaml
from folders import DAG, Folder

from airside.checking.report import Report
from airside.cli import checking
from airside.cli.commands.check import command
from airside.inspection.facts import FileFacts, WorkflowFacts
from airside.release.description import WorkflowDescription
from airside.workspace.templating import built_in

BROKEN = "from airflow.sdk import dag\nimport nowhere_at_all\n"
UNUSED = "import os\n"

Airside = Callable[..., SimpleNamespace]


@pytest.fixture(autouse=True)
def _in_the_folder(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' own Airflow checks, and the user is at the top of the workspace."""
    monkeypatch.setattr("airside.cli.checking.ensure_environment", lambda *_, **__: Path(sys.executable))
    monkeypatch.chdir(folder.root)


@pytest.fixture
def no_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test fails where the Python of the workspace is started."""
    monkeypatch.delattr("airside.cli.checking.ensure_environment")


def test_a_good_workspace_passes_and_the_summary_is_the_result(airside: Airside) -> None:
    said = airside("check")
    assert said.code == 0, said.out
    assert "✔ 1 file, 1 workflow, no findings in" in said.out
    assert "next: airside test" in said.out


def test_findings_fail_and_are_told_with_their_place_and_what_to_do(folder: Folder, airside: Airside) -> None:
    folder.write("dags/broken.py", BROKEN)
    folder.write("lib/sums.py", UNUSED + (folder.root / "lib/sums.py").read_text())
    said = airside("check")
    assert said.code == 1
    assert "  dags/broken.py:2: error: ModuleNotFoundError: No module named 'nowhere_at_all' [import-error]" in said.out
    assert "    fix: Add its package to requirements.txt" in said.out
    assert "  lib/sums.py:1:8: warning: `os` imported but unused [F401]" in said.out
    last = said.out.strip().splitlines()[-1]
    assert last.startswith("✘ 1 error, 3 warnings in 2 files, 1 workflow (")


def test_a_warning_fails_only_when_that_is_asked_for(folder: Folder, airside: Airside) -> None:
    folder.write("lib/sums.py", UNUSED + (folder.root / "lib/sums.py").read_text())
    assert airside("check").code == 0
    assert airside("check", "--strict").code == 1


def test_paths_are_clickable_from_where_the_user_is(
    folder: Folder, airside: Airside, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.write("dags/broken.py", BROKEN)
    monkeypatch.chdir(folder.root / "lib")
    assert "  ../dags/broken.py:2: error: " in airside("check", "../dags/broken.py").out


def test_json_is_one_document_with_stable_keys(folder: Folder, airside: Airside) -> None:
    folder.write("dags/broken.py", BROKEN)
    said = airside("check", "--json")
    assert said.code == 1
    document = json.loads(said.out)
    assert set(document) == {"passed", "complete", "environment", "counts", "seconds", "findings", "files", "faults"}
    assert document["counts"]["workflows"] == 1
    (error,) = [finding for finding in document["findings"] if finding["severity"] == "error"]
    keys = {"rule", "severity", "file", "message", "line", "column", "fix", "url", "workflow", "task"}
    assert set(error) == keys
    assert (error["rule"], error["file"], error["line"]) == ("import-error", "dags/broken.py", 2)
    assert error["url"].endswith("/rules/import-error/")


def test_json_is_one_format_among_others(folder: Folder, airside: Airside, no_python: None) -> None:
    folder.write("lib/lonely.py", UNUSED)
    one, other = airside("--json", "check", "--changed"), airside("check", "--changed", "--format", "json")
    assert [json.loads(said.out)["findings"] for said in (one, other)] == [json.loads(one.out)["findings"]] * 2
    assert json.loads(one.out)["counts"]["warnings"] == 1


def test_a_file_gets_the_form_for_ci_and_the_terminal_the_text(
    folder: Folder, airside: Airside, tmp_path: Path
) -> None:
    folder.write("dags/broken.py", BROKEN)
    said = airside("check", "--format", "sarif", "--output", str(tmp_path / "airside.sarif"))
    assert said.code == 1
    assert "✘ 1 error" in said.out
    log = json.loads((tmp_path / "airside.sarif").read_text())
    assert "import-error" in {result["ruleId"] for result in log["runs"][0]["results"]}


def test_junit_and_github_go_to_standard_output_alone(folder: Folder, airside: Airside) -> None:
    folder.write("dags/broken.py", BROKEN)
    assert ET.fromstring(airside("check", "--format", "junit").out).get("failures") == "1"  # noqa: S314 - our own
    lines = airside("check", "--format", "github").out.splitlines()
    assert lines[0].startswith("::error file=dags/broken.py,line=2,title=import-error::ModuleNotFoundError")


def test_an_output_that_cannot_be_written_is_an_error(airside: Airside) -> None:
    said = airside("check", "--format", "sarif", "--output", "no/such/folder.sarif")
    assert said.code == 2
    assert "cannot be written" in said.err


def test_an_environment_has_to_be_declared(airside: Airside, no_python: None) -> None:
    said = airside("check", "--env", "prod")
    assert said.code == 2
    assert "declares no environment 'prod'" in said.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("--changed", "dags"),
        ("--since", "main", "dags"),
        ("nowhere.py",),
        ("/tmp",),
        ("--watch", "dags"),
        ("--watch", "--format", "json"),
        ("--watch", "--json"),
        ("--watch", "--changed"),
        ("--changed", "--since", "nowhere"),
        ("--format", "html"),
    ],
)
def test_what_makes_no_sense_is_refused(airside: Airside, no_python: None, arguments: tuple[str, ...]) -> None:
    said = airside("check", *arguments)
    assert said.code == 2
    assert "✘" in said.err or json.loads(said.out)["error"]["exit_code"] == 2


def test_nothing_changed_is_told_without_starting_python(airside: Airside, no_python: None) -> None:
    said = airside("check", "--changed")
    assert said.code == 0
    assert "Nothing to import" in said.err
    assert "✔ 0 files, 0 workflows, no findings" in said.out


def test_a_change_that_no_workflow_depends_on_is_checked_by_its_text(
    folder: Folder, airside: Airside, no_python: None
) -> None:
    folder.write("lib/lonely.py", "print(undefined)\n")
    said = airside("check", "--changed")
    assert said.code == 1
    assert "lib/lonely.py:1:7: error: Undefined name `undefined` [F821]" in said.out


def test_what_depends_on_a_change_is_checked(folder: Folder, airside: Airside) -> None:
    folder.write("dags/other.py", BROKEN)
    folder.commit()
    folder.write("lib/sums.py", "TOTAL = 1\n")
    document = json.loads(airside("check", "--changed", "--json").out)
    assert [file["file"] for file in document["files"]] == ["dags/orders.py"]
    assert {finding["file"] for finding in document["findings"] if finding["severity"] == "error"} == {"dags/orders.py"}
    assert document["complete"] is False


def test_ruff_mends_what_it_can(folder: Folder, airside: Airside) -> None:
    good = (folder.root / "lib/sums.py").read_text()
    folder.write("lib/sums.py", UNUSED + good)
    said = airside("check", "--fix")
    assert said.code == 0
    assert "mended 1 F401" in said.err
    assert (folder.root / "lib/sums.py").read_text() == good


@pytest.mark.slow
def test_a_workspace_without_git_can_be_checked(folder: Folder, airside: Airside) -> None:
    subprocess.run(["rm", "-rf", str(folder.root / ".git")], check=True)
    assert airside("check").code == 0
    assert airside("check", "--format", "sarif").code == 0
    said = airside("check", "--changed")
    assert said.code == 2
    assert "needs no git" in said.err


def test_verbose_tells_what_each_file_cost(airside: Airside) -> None:
    assert "MiB  dags/orders.py" in airside("check", "--verbose").out


ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "src" / "airside" / "workspace" / "templates"


def test_the_hooks_run_a_command_that_there_is() -> None:
    hooks = [*yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())]
    for template in built_in(TEMPLATES):
        (repository,) = yaml.safe_load((TEMPLATES / template / "files" / ".pre-commit-config.yaml").read_text())[
            "repos"
        ]
        hooks += repository["hooks"]
    assert len(hooks) == 1 + len(built_in(TEMPLATES))
    for hook in hooks:
        program, verb, *options = shlex.split(hook["entry"])
        assert (program, verb, hook["id"], hook["pass_filenames"]) == ("airside", "check", "airside-check", False)
        assert command.make_context(verb, options).params["changed"] is True


WATCHING = """\
import sys
from pathlib import Path
import airside.cli.checking as checking
checking.ensure_environment = lambda *_, **__: Path(sys.executable)
from airside.cli.main import run
sys.exit(run(["check", "--watch"]))
"""


class Watching:
    """`airside check --watch` in a process of its own."""

    def __init__(self, root: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", WATCHING], cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        self.said: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.said.extend(iter(self.process.stdout.readline, ""))

    def wait_for(self, text: str, after: int = 0) -> list[str]:
        """Return what was said since line `after`, as soon as a line of it holds `text`."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if any(text in line for line in self.said[after:]):
                return self.said[after:]
            time.sleep(0.02)
        raise AssertionError(f"it did not say {text!r}:\n{''.join(self.said)}")

    def after(self, save: Callable[[], object], text: str) -> str:
        """Do `save`, and return what was said up to `text`."""
        mark = len(self.said)
        save()
        return "".join(self.wait_for(text, mark))

    def end(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        code = self.process.wait(20)
        self._reader.join(5)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


@pytest.mark.slow
def test_watch_checks_what_is_saved_and_what_depends_on_it(folder: Folder) -> None:
    watching = Watching(folder.root)
    watching.wait_for("Watching")
    broken = watching.after(lambda: folder.write("lib/sums.py", "TOTAL = 1\n"), " saved: ")
    assert "dags/orders.py:2: error: ImportError" in broken
    assert "lib/sums.py saved: 1 error" in broken
    sums = "def total(numbers: list[int]) -> int:\n    return sum(numbers)\n"
    mended = watching.after(lambda: folder.write("lib/sums.py", sums), " saved: ")
    assert "gone: dags/orders.py:2 [import-error]" in mended
    assert "lib/sums.py saved: no findings" in mended
    copied = watching.after(lambda: folder.write("dags/copy.py", DAG), " saved: ")
    assert "[duplicate-workflow]" in copied
    wrong = watching.after(lambda: folder.write("airside.toml", "[wrong\n"), "not valid TOML")
    assert "✘" in wrong
    settings = '[workspace]\nname = "flows"\ninclude = ["lib"]\n[policy]\nduplicate-workflow = "off"\n'
    again = watching.after(lambda: folder.write("airside.toml", settings), "Watching")
    assert "2 files, 2 workflows, no findings" in again
    assert watching.end() == 0


@pytest.mark.slow
def test_watch_starts_a_python_that_died_once_more(folder: Folder) -> None:
    watching = Watching(folder.root)
    watching.wait_for("Watching")
    _kill(watching)
    first = watching.after(lambda: folder.write("lib/sums.py", "TOTAL = 1\n"), "Watching")
    assert "starting it again" in first
    assert "dags/orders.py:2: error: ImportError" in first
    _kill(watching)
    folder.write("lib/sums.py", "TOTAL = 2\n")
    assert watching.process.wait(30) == 1
    watching.end()


def _kill(watching: Watching) -> None:
    servers = psutil.Process(watching.process.pid).children()
    (server,) = [child for child in servers if "airside.inspection" in child.cmdline()]
    server.kill()


@pytest.mark.slow
def test_watch_goes_on_in_a_folder_that_git_made_again(folder: Folder) -> None:
    watching = Watching(folder.root)
    watching.wait_for("Watching")

    def remake() -> None:
        (folder.root / "dags").rename(folder.root / "old")
        shutil.copytree(folder.root / "old", folder.root / "dags")
        shutil.rmtree(folder.root / "old")

    watching.after(remake, "Watching")
    assert "dags/half.py saved: 1 error" in watching.after(
        lambda: folder.write("dags/half.py", "# airflow dag\n("), " saved: "
    )
    assert watching.end() == 0


def test_a_fault_of_airside_itself_is_told_beside_the_findings(
    airside: Airside, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faulty(*_: object) -> Report:
        described = WorkflowFacts(
            description=WorkflowDescription(id="orders", file="dags/orders.py"), faults=("task 'load': KeyError: 1",)
        )
        return Report(facts=(FileFacts(file="dags/orders.py", workflows=(described,)),))

    monkeypatch.setattr(checking, "run_check", faulty)
    assert "please report it: task 'load': KeyError: 1" in airside("check", "lib/sums.py").err
