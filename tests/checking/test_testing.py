import os
import subprocess
import sys
from pathlib import Path

import pytest

from airside.base.errors import FindingsError, UsageError
from airside.checking.testing import run_tests

PYTHON = Path(sys.executable)
ENVIRONMENT = {"PATH": os.defpath}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "shop.py").write_text("NAME = 'shop'\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_shop.py").write_text(
        "from lib.shop import NAME\ndef test_name(): assert NAME == 'shop'\ndef test_other(): assert NAME == 'x'\n"
    )
    return tmp_path


def test_the_modules_of_the_workspace_can_be_imported(root: Path) -> None:
    with (root / "said").open("w+") as said:
        run_tests(PYTHON, root, ["-k", "test_name", "tests"], environment=ENVIRONMENT, output=said)
        said.seek(0)
        assert "1 passed" in said.read()


def test_a_failed_test_is_a_finding(root: Path) -> None:
    with (root / "said").open("w") as said, pytest.raises(FindingsError, match="The tests failed"):
        run_tests(PYTHON, root, [], environment=ENVIRONMENT, output=said)


@pytest.mark.parametrize(
    ("arguments", "said"), [(["-k", "nothing_of_this_name"], "found no tests"), (["--nonsense"], "does not accept")]
)
def test_running_nothing_is_not_a_success(root: Path, arguments: list[str], said: str) -> None:
    with (root / "said").open("w") as output, pytest.raises(UsageError, match=said):
        run_tests(PYTHON, root, arguments, environment=ENVIRONMENT, output=output)


def test_a_workspace_without_tests_is_told_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no folder"):
        run_tests(PYTHON, tmp_path, [], environment=ENVIRONMENT)


def test_without_pytest_the_line_to_add_is_named(root: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(root / "env")], check=True)
    with pytest.raises(UsageError, match="pytest is not in the environment") as refused:
        run_tests(root / "env" / "bin" / "python", root, [], environment=ENVIRONMENT)
    assert "requirements.txt" in (refused.value.hint or "")
