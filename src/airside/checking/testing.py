"""Running the tests of a workspace in its own Python environment."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from airside.base.errors import FindingsError, UsageError

_NO_TESTS = 5
_WRONG_ARGUMENTS = 4
"""Exit codes of pytest (pytest.ExitCode)."""


def run_tests(
    python: Path, root: Path, arguments: Sequence[str], *, environment: Mapping[str, str], output: IO[str] | None = None
) -> None:
    """Run pytest with `arguments` in the folder `root`, which its tests can import from.

    Args:
        python: The interpreter of the workspace's environment.
        root: The workspace.
        arguments: For pytest; without any, the folder `tests`.
        environment: All variables of the child.
        output: Where pytest prints, in place of standard output.

    Raises:
        UsageError: pytest is not in the environment, there are no tests, or pytest does not know an argument.
        FindingsError: A test failed.
    """
    if not arguments and not (root / "tests").is_dir():
        raise UsageError(f"There is no folder {root / 'tests'}", hint="Write a test: tests/test_<workflow>.py.")
    _require_pytest(python, environment)
    # `-m` puts the current folder on sys.path, as Airflow does with the root of a release.
    command = [str(python), "-m", "pytest", *(arguments or ["tests"])]
    code = subprocess.run(command, cwd=root, env=environment, stdout=output, check=False).returncode
    if code == _WRONG_ARGUMENTS:
        raise UsageError("pytest does not accept these arguments", hint="`airside test -- --help` lists its own.")
    if code == _NO_TESTS:
        raise UsageError("pytest found no tests", hint="A test is a function test_* in a file tests/test_*.py.")
    if code != 0:
        raise FindingsError("The tests failed", hint="`airside test -- --lf -x` runs the first one that failed again.")


def _require_pytest(python: Path, environment: Mapping[str, str]) -> None:
    probe = "import importlib.util, sys; sys.exit(importlib.util.find_spec('pytest') is None)"
    if subprocess.run([str(python), "-c", probe], env=environment, check=False).returncode != 0:
        raise UsageError(
            "pytest is not in the environment of this workspace",
            hint="Add the line `pytest` to requirements.txt, and run the command again.",
        )
