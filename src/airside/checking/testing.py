"""Running the tests of a workspace in its own Python environment."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Final

from airside.base.errors import UsageError

TESTS: Final = "tests"
"""The folder of the tests, relative to the workspace."""

_NO_TESTS = 5
_WRONG_ARGUMENTS = 4
"""Exit codes of pytest (pytest.ExitCode)."""


def run_tests(
    python: Path, root: Path, arguments: Sequence[str], *, environment: Mapping[str, str], output: IO[str] | None = None
) -> bool:
    """Run pytest with `arguments` in the folder `root`, which its tests can import from, and return whether they pass.

    Args:
        python: The interpreter of the workspace's environment.
        root: The workspace.
        arguments: For pytest.
        environment: All variables of the child.
        output: Where pytest prints, in place of standard output.

    Raises:
        UsageError: There are no tests, or pytest does not know an argument.
    """
    # `-m` puts the current folder on sys.path, as Airflow does with the root of a release.
    command = [str(python), "-m", "pytest", *arguments]
    code = subprocess.run(command, cwd=root, env=environment, stdout=output, check=False).returncode
    if code == _WRONG_ARGUMENTS:
        raise UsageError(
            "pytest does not accept these arguments",
            hint="It says above which test or option there is not; `airside test -- --help` lists its options.",
        )
    if code == _NO_TESTS:
        raise UsageError(
            "pytest found no tests",
            hint="A test is a file tests/functional/<workflow>.yaml, or a function test_* in a file tests/test_*.py.",
        )
    return code == 0


def require_packages(python: Path, packages: Mapping[str, str], environment: Mapping[str, str]) -> None:
    """Refuse to go on where a package is not in the environment.

    Args:
        python: The interpreter of the workspace's environment.
        packages: Lines of `requirements.txt` by the name under which Python imports them.
        environment: All variables of the child.

    Raises:
        UsageError: One is not; the hint names the line to add.
    """
    probe = "import importlib.util, sys; print(*(n for n in sys.argv[1:] if importlib.util.find_spec(n) is None))"
    command = [str(python), "-c", probe, *packages]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if missing := [packages[name] for name in done.stdout.split()]:
        lines = " and ".join(f"`{line}`" for line in missing)
        raise UsageError(
            f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not in the environment of this workspace",
            hint=f"Add the line{'s' if len(missing) > 1 else ''} {lines} to requirements.txt, and run the command "
            "again.",
        )


def require_folder(root: Path) -> None:
    """Refuse to go on in a workspace without tests.

    Raises:
        UsageError: It has no folder of tests.
    """
    if not (root / TESTS).is_dir():
        raise UsageError(
            f"There is no folder {root / TESTS}",
            hint="`airside test --record WORKFLOW` drafts a test: tests/functional/<workflow>.yaml.",
        )
