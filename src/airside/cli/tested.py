"""Running the tests of the workspace, as `airside test` and every release that needs them do."""

import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import msgspec

from airside.base.children import inherited
from airside.base.errors import FindingsError, UsageError
from airside.checking.testing import TESTS, require_folder, require_packages, run_tests
from airside.cli.context import Context
from airside.platform.environment import ensure_environment
from airside.testing.verdicts import TestReport
from airside.workspace.layout import state_folder
from airside.workspace.workspace import Workspace

PYTEST: Final = {"pytest": "pytest"}
XDIST: Final = {"xdist": "pytest-xdist"}
"""Lines of `requirements.txt` by the name under which Python imports the package."""


@dataclass(frozen=True, slots=True)
class Tested:
    """What came of the tests.

    Attributes:
        passed: None failed.
        report: What each did, and what they verified together.
    """

    passed: bool
    report: TestReport

    @property
    def number(self) -> int:
        """How many passed."""
        return sum(test.result == "passed" for test in self.report.tests)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to run.

    Attributes:
        tests: As pytest names them; empty: all in the folder of tests, unless the options name some.
        options: For pytest.
        packages: What these need: lines of `requirements.txt`, by the name under which Python imports them.
    """

    tests: Sequence[str] = ()
    options: Sequence[str] = ()
    packages: Mapping[str, str] = field(default_factory=lambda: PYTEST)


def run_workspace_tests(context: Context, workspace: Workspace, asked: Asked) -> Tested:
    """Run pytest in the workspace's own Python environment.

    Raises:
        UsageError: A package is not in the environment, pytest does not know an option, or there are no tests.
    """
    if names_no_tests(workspace, asked):
        require_folder(workspace.root)
    python, variables = environment_of_tests(context, workspace)
    require_packages(python, asked.packages, variables)
    with tempfile.TemporaryDirectory(prefix="airside-test-") as folder:
        report = Path(folder, "report.json")
        arguments = [*_arguments(workspace, asked), f"--airside-report={report}"]
        output = sys.stderr if context.output.as_json else None
        passed = run_tests(python, workspace.root, arguments, environment=variables, output=output)
        return Tested(passed, _report(report))


def environment_of_tests(context: Context, workspace: Workspace) -> tuple[Path, dict[str, str]]:
    """Return the interpreter of the workspace's environment, made where it is missing, and the variables of a test."""
    python = ensure_environment(workspace, lambda step: context.output.progress(str(step)))
    home = state_folder(workspace.root) / "test"
    # Not the user's Airflow, nor the local one of the workspace: a test may fill its database.
    own = {"AIRFLOW_HOME": str(home), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    return python, inherited(**(workspace.settings.airflow.variables | own))


def require_passed(tested: Tested) -> None:
    """Refuse to go on where a test failed.

    Raises:
        FindingsError: One did.
    """
    if not tested.passed:
        failed = sum(test.result in ("failed", "error") for test in tested.report.tests)
        said = f"{failed} test{'s' * (failed != 1)} failed" if failed else "The tests failed"
        raise FindingsError(said, hint="`airside test -- --lf -x` runs the first one that failed again.")


def _arguments(workspace: Workspace, asked: Asked) -> list[str]:
    tests = [TESTS] if names_no_tests(workspace, asked) else asked.tests
    # A file that cannot be read fails alone: the tests in others run.
    return [*tests, "--continue-on-collection-errors", *asked.options]


def names_no_tests(workspace: Workspace, asked: Asked) -> bool:
    """Tell whether all tests are asked for: none is named, neither by us nor in the options of pytest."""
    words = [word for word in asked.options if not word.startswith("-")]
    return not asked.tests and not any((workspace.root / word.partition("::")[0]).exists() for word in words)


def _report(path: Path) -> TestReport:
    try:
        return msgspec.json.decode(path.read_bytes(), type=TestReport)
    except (OSError, msgspec.MsgspecError) as error:
        raise UsageError(
            "pytest wrote no report of its tests",
            hint="Run it without `-p no:airside`, and without options after which it runs no tests.",
        ) from error
