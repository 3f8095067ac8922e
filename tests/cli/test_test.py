"""`airside test`."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest
from folders import Folder
from sealed import make_identity, seal

from airside.cli import checking, tested
from airside.delivery.environments import read_record, release_ids
from airside.release.record import Check
from airside.store.folder import FolderStore

Airside = Callable[..., SimpleNamespace]

RETURNS = """\
from airflow.sdk import DAG, Variable, task

with DAG("returns", schedule=None):

    @task
    def load() -> int:
        return int(Variable.get("limit"))

    @task
    def tell(limit: int) -> str:
        return f"up to {limit}"

    tell(load())
"""
CASES = """\
given: {variables: {limit: 3}}
expect:
  tasks:
    load: {output: 3}
    tell: success
"""
ORDERS = "def test_orders(dag_run):\n    assert dag_run('orders')['add'].output == 3\n"
PARTNER = """\
from airflow.sdk import DAG, Connection, Variable, task

with DAG("partner", schedule=None):

    @task
    def whom() -> str:
        found = Connection.get("partner_api")
        return f"{found.host} with {found.password}"

    @task
    def region() -> str:
        return Variable.get("region")

    @task
    def plain() -> int:
        return 7

    [whom(), region()] >> plain()
"""
SECRETS = """\
connections:
  partner_api: {conn_type: http, host: partner.internal, login: ana, password: hunter-of-two}
variables:
  region: region-of-ours
"""
PRODUCTION = '[environments.production]\nrequire = ["test:verified"]'
QUIET = ("--", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-p", "no:xdist")


@pytest.fixture(autouse=True)
def _place(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' own Airflow runs the workflows; one workflow has a case, the other one a test in Python."""
    for module in (checking, tested):
        monkeypatch.setattr(module, "ensure_environment", lambda *_, **__: Path(sys.executable))
    monkeypatch.chdir(folder.root)
    folder.write("dags/returns.py", RETURNS)
    folder.write("tests/functional/returns.yaml", CASES)
    folder.write("tests/test_orders.py", ORDERS)
    folder.write("tests/test_sums.py", "from lib.sums import total\ndef test_total(): assert total([1]) == 1\n")
    folder.commit()


@pytest.mark.slow
def test_all_tests_run_and_the_last_line_says_what_they_verify(airside: Airside) -> None:
    said = airside("test", *QUIET)
    assert said.code == 0, said
    assert "orders: 1 task, 1 verified" in said.out
    assert "returns: 2 tasks, 1 verified, 1 only ran" in said.out
    assert said.out.rstrip().endswith("✔ 3 tests passed; 2 of 3 tasks verified\n  next: airside test --coverage")


@pytest.mark.slow
def test_a_workflow_chooses_its_tests(airside: Airside) -> None:
    said = airside("test", "returns", *QUIET)
    assert "orders:" not in said.out
    assert "1 test passed; 1 of 2 tasks verified" in said.out


@pytest.mark.slow
@pytest.mark.parametrize("path", ["tests/test_orders.py", "tests/test_orders.py::test_orders", "test_orders.py"])
def test_files_are_named_by_their_path_from_here(
    airside: Airside, folder: Folder, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.chdir(folder.root / "tests")
    assert "✔ 1 test passed; 1 of 1 task verified" in airside("test", path, *QUIET).out


@pytest.mark.slow
def test_what_follows_two_dashes_is_for_pytest(airside: Airside) -> None:
    assert "1 test passed\n" in airside("test", *QUIET, "-k", "total").out
    assert "1 test passed\n" in airside("test", *QUIET, "tests/test_sums.py").out
    refused = airside("test", "--", "--nonsense")
    assert (refused.code, "does not accept" in refused.err) == (2, True)
    assert airside("test", *QUIET, "-k", "nothing_of_this_name").code == 2


def test_a_name_that_is_nothing_is_refused_with_the_nearest(airside: Airside) -> None:
    refused = airside("test", "retruns")
    assert refused.code == 2
    assert "No test runs a workflow 'retruns', and there is no such file; did you mean 'returns'?" in refused.err
    assert "airside test --record retruns" in refused.err
    assert "outside the workspace" in airside("test", "/etc/hosts").err


def test_a_failed_test_is_a_finding(airside: Airside, folder: Folder) -> None:
    folder.write("tests/test_sums.py", "def test_one(): assert 0\ndef test_two(): assert 0\n")
    failed = airside("test", *QUIET)
    assert failed.code == 1
    assert "✘ 2 tests failed" in failed.err
    assert "✔" not in failed.out


@pytest.mark.slow
def test_a_file_that_cannot_be_read_fails_alone(airside: Airside, folder: Folder) -> None:
    folder.write("tests/functional/bad.yaml", "given: {nope: 1}\n")
    folder.write("tests/test_bad.py", "import nowhere_at_all\n")
    failed = airside("--json", "test", *QUIET)
    assert failed.code == 1
    assert sorted(test["result"] for test in json.loads(failed.out)["tests"]) == ["error"] * 2 + ["passed"] * 3
    assert "✘ 2 tests failed" in airside("test", *QUIET).err


@pytest.mark.slow
def test_where_none_has_run_nothing_is_to_be_deployed(airside: Airside) -> None:
    assert "next: airside test\n" in airside("test", "--", "--collect-only", *QUIET[1:]).out


@pytest.mark.slow
def test_the_document_has_the_verdicts_and_pytest_speaks_elsewhere(airside: Airside, folder: Folder) -> None:
    said = json.loads(airside("--json", "test", *QUIET).out)
    assert said["passed"] is True
    assert said["workflows"] == {"orders": {"add": "verified"}, "returns": {"load": "verified", "tell": "ran"}}
    assert said["needs"]["returns"] == ["variable:limit"]
    assert [test["result"] for test in said["tests"]] == ["passed"] * 3
    folder.write("tests/test_sums.py", "def test_one(): assert 0\n")
    failed = airside("--json", "test", *QUIET)
    assert failed.code == 1
    assert json.loads(failed.out)["passed"] is False


@pytest.mark.slow
def test_only_what_a_change_affects_is_run(airside: Airside, folder: Folder) -> None:
    untouched = airside("test", "--changed")
    assert (untouched.code, "No test is affected" in untouched.out) == (0, True)
    assert json.loads(airside("--json", "test", "--changed").out)["tests"] == []
    folder.write("dags/returns.py", RETURNS.replace("up to", "at most"))
    assert "1 test passed; 1 of 2 tasks verified" in airside("test", "--changed", *QUIET).out
    folder.write("lib/sums.py", "def total(numbers: list[int]) -> int:\n    return sum(list(numbers))\n")
    assert "3 tests passed" in airside("test", "--changed", *QUIET).out
    folder.commit()
    assert "No test is affected" in airside("test", "--changed").out
    assert "3 tests passed" in airside("test", "--changed", "--since", "HEAD~1", *QUIET).out
    assert airside("test", "orders", "--changed").code == 2


@pytest.mark.slow
def test_coverage_is_of_all_workflows_those_without_a_test_too(airside: Airside, folder: Folder) -> None:
    (folder.root / "tests" / "test_orders.py").unlink()
    said = airside("test", "--coverage", *QUIET)
    assert said.code == 0
    told = said.out.partition("\n\n")[2] or said.out
    assert "orders: 1 task, 0 verified, 1 never ran: no test runs it\n" in told
    assert "returns: 2 tasks, 1 verified, 1 only ran\n  only ran: tell\n" in told
    assert "2 tests passed; 1 of 3 tasks verified" in told
    document = json.loads(airside("--json", "test", "--coverage", *QUIET).out)
    assert document["workflows"]["orders"] == {"add": "not run"}


@pytest.mark.slow
def test_a_task_that_no_test_verifies_can_be_forbidden(airside: Airside, folder: Folder) -> None:
    refused = airside("test", "--require-verified", *QUIET)
    assert refused.code == 1
    assert "✘ No test verifies 1 task: returns.tell" in refused.out
    assert airside("test", "orders", "--require-verified", *QUIET).code == 0
    assert airside("--json", "test", "--require-verified", *QUIET).code == 1
    folder.write("tests/functional/returns.yaml", CASES.replace("tell: success", "tell: {output: up to 3}"))
    passed = airside("test", "--require-verified", *QUIET)
    assert passed.code == 0
    assert "3 of 3 tasks verified\n  next: airside deploy ENV" in passed.out
    (folder.root / "tests" / "test_orders.py").unlink()
    assert "No test verifies 1 task: orders.add" in airside("test", "--require-verified", *QUIET).out


@pytest.mark.slow
def test_a_report_for_ci_is_written_where_it_is_named(airside: Airside, folder: Folder) -> None:
    assert airside("test", "returns", "--junit", "report.xml", *QUIET).code == 0
    assert ET.parse(folder.root / "report.xml").find(".//testcase") is not None  # noqa: S314 - our own


@pytest.mark.slow
def test_a_report_that_cannot_be_written_is_refused_before_a_test_runs(airside: Airside, folder: Folder) -> None:
    refused = airside("test", "--junit", "airside.toml/report.xml", *QUIET)
    assert refused.code == 2
    assert "airside.toml/report.xml cannot be written: " in refused.err
    assert airside("test", "nowhere", "--junit", "report.xml").code == 2
    assert not (folder.root / "report.xml").exists()


@pytest.mark.slow
def test_several_processes_run_the_tests(airside: Airside) -> None:
    said = airside("test", "-n", "2", *QUIET[:-2])
    assert said.code == 0, said
    assert "3 tests passed; 2 of 3 tasks verified" in said.out
    assert "is no number" in airside("test", "-n", "many").err


@pytest.mark.slow
def test_a_package_that_lacks_is_named_with_its_line(
    airside: Airside, folder: Folder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "env")], check=True)
    monkeypatch.setattr(tested, "ensure_environment", lambda *_, **__: tmp_path / "env" / "bin" / "python")
    refused = airside("test", "-n", "2")
    assert refused.code == 2
    assert "pytest and pytest-xdist are not in the environment" in refused.err
    assert "the lines `pytest` and `pytest-xdist` to requirements.txt" in refused.err


@pytest.mark.slow
def test_a_workspace_without_tests_is_told_how_to_begin(airside: Airside, folder: Folder) -> None:
    (folder.root / "tests").rename(folder.root / "elsewhere")
    refused = airside("test")
    assert refused.code == 2
    assert "There is no folder" in refused.err
    assert "airside test --record WORKFLOW" in refused.err


@pytest.mark.slow
def test_a_run_becomes_a_test_that_passes_and_is_not_written_over(airside: Airside, folder: Folder) -> None:
    (folder.root / "tests" / "test_orders.py").unlink()
    recorded = airside("test", "--record", "orders")
    assert recorded.code == 0, recorded
    assert "next: airside test orders" in recorded.out
    assert "add: {state: success, output: 3}" in (folder.root / "tests/functional/orders.yaml").read_text()
    assert "1 test passed; 1 of 1 task verified" in airside("test", "orders", *QUIET).out
    refused = airside("test", "--record", "orders")
    assert refused.code == 3
    assert "is there already" in refused.err


@pytest.mark.slow
def test_a_run_finds_the_secrets_of_dev_and_none_of_them_is_in_the_draft(
    airside: Airside, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = make_identity()
    for name, value in me.variables.items():
        monkeypatch.setenv(name, value)
    folder.write("dags/partner.py", PARTNER)
    (folder.root / "secrets").mkdir()
    (folder.root / "secrets" / "dev.yaml").write_bytes(seal(SECRETS, me))
    assert airside("test", "--record", "partner").code == 0
    text = (folder.root / "tests/functional/partner.yaml").read_text()
    for secret in ("partner.internal", "hunter-of-two", "region-of-ours"):
        assert secret not in text
    assert "whom is stubbed: it asked for the connection partner_api" in text
    assert "region is stubbed: it asked for the variable region" in text
    assert "plain: {state: success, output: 7}" in text
    assert airside("test", "partner", *QUIET).code == 0


@pytest.mark.slow
def test_what_cannot_be_recorded_leaves_no_file(airside: Airside, folder: Folder) -> None:
    (folder.root / "tests/functional/returns.yaml").unlink()
    lacking = airside("test", "--record", "returns")
    assert lacking.code == 1
    assert "returns asked for variable:limit, which dev does not have" in lacking.err
    assert airside("test", "--record", "retruns").code == 2
    for option in (("--watch",), ("--junit", "x.xml"), ("-n", "2"), ("--require-verified",), ("--since", "main")):
        refused = airside("test", "--record", "returns", *option)
        assert refused.code == 2
        assert "Run `airside test --record returns` alone" in refused.err
    assert not list((folder.root / "tests/functional").iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("option", [("orders",), ("--changed",), ("--json",)])
def test_what_goes_on_does_not_go_with_a_choice(airside: Airside, option: tuple[str, ...]) -> None:
    assert airside("test", "--watch", *option).code == 2


@pytest.mark.slow
def test_a_save_runs_the_tests_again_that_it_affects(folder: Folder, tmp_path: Path) -> None:
    program = (
        "import sys\nfrom pathlib import Path\nfrom airside.cli import tested\nfrom airside.cli.main import run\n"
        "tested.ensure_environment = lambda *_: Path(sys.executable)\n"
        f"sys.exit(run(['-C', {str(folder.root)!r}, 'test', '--watch', *{QUIET!r}]))\n"
    )
    with (tmp_path / "said").open("w+") as said:
        process = subprocess.Popen([sys.executable, "-u", "-c", program], stdout=said, stderr=subprocess.STDOUT)
        try:
            wait_for(tmp_path / "said", "3 tests passed", "Watching")
            folder.write("dags/returns.py", RETURNS.replace("up to", "at most"))
            wait_for(
                tmp_path / "said", "dags/returns.py saved: it affects tests/functional/returns.yaml", "1 test passed"
            )
            folder.write("tests/test_sums.py", "def test_one(): assert 0\n")
            wait_for(tmp_path / "said", "1 test failed")
        finally:
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0
    assert (tmp_path / "said").read_text().endswith("No longer watching\n")


def wait_for(path: Path, *texts: str) -> None:
    deadline = time.monotonic() + 60
    while not all(text in path.read_text() for text in texts):
        assert time.monotonic() < deadline, path.read_text()
        time.sleep(0.1)


@pytest.mark.slow
def test_the_record_of_a_release_says_what_its_tests_verify(airside: Airside, folder: Folder) -> None:
    settings = (folder.root / "airside.toml").read_text()
    folder.write("airside.toml", settings.replace("[environments.production]", PRODUCTION))
    folder.commit()
    assert airside("deploy", "preprod", "--yes").code == 0, "what production asks for is no matter of preprod"
    store = FolderStore(folder.root / ".store")
    (release,) = release_ids(store)
    record = read_record(store, release)
    assert record.checks[-1] == Check(name="test", passed=True, subjects=3, tasks=3, verified=2)
    folder.write("tests/test_sums.py", "def test_one(): assert 0\n")
    folder.commit()
    refused = airside("deploy", "preprod", "--yes")
    assert (refused.code, "1 test failed" in refused.err) == (1, True)


@pytest.mark.slow
def test_what_changes_while_it_is_tested_is_not_released(airside: Airside, folder: Folder) -> None:
    settings = (folder.root / "airside.toml").read_text()
    folder.write("airside.toml", settings.replace("[environments.production]", PRODUCTION))
    folder.write(
        "tests/test_sums.py", "def test_one():\n    with open('lib/sums.py', 'a') as file: file.write('x = 1')\n"
    )
    folder.commit()
    refused = airside("deploy", "preprod", "--yes", "--allow-dirty")
    assert refused.code == 1
    assert "changed while its tests ran" in refused.err
    assert not list(folder.root.rglob(".store/releases/*"))
