import os
import subprocess
import sys
from pathlib import Path

import pytest

from airside.base.errors import UsageError
from airside.checking.testing import require_folder, require_packages, run_tests

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
        assert run_tests(PYTHON, root, ["-k", "test_name", "tests"], environment=ENVIRONMENT, output=said)
        said.seek(0)
        assert "1 passed" in said.read()


@pytest.mark.parametrize("text", ["def test_one(): assert 0\n", "import nowhere_at_all\n"])
def test_a_failed_test_and_a_file_that_does_not_import_are_no_success(root: Path, text: str) -> None:
    (root / "tests" / "test_shop.py").write_text(text)
    with (root / "said").open("w") as said:
        assert not run_tests(PYTHON, root, ["tests"], environment=ENVIRONMENT, output=said)


@pytest.mark.parametrize(
    ("arguments", "said"), [(["-k", "nothing_of_this_name"], "found no tests"), (["--nonsense"], "does not accept")]
)
def test_running_nothing_is_not_a_success(root: Path, arguments: list[str], said: str) -> None:
    with (root / "said").open("w") as output, pytest.raises(UsageError, match=said):
        run_tests(PYTHON, root, arguments, environment=ENVIRONMENT, output=output)


def test_a_workspace_without_tests_is_told_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no folder") as refused:
        require_folder(tmp_path)
    assert "--record" in (refused.value.hint or "")


def test_without_a_package_the_line_to_add_is_named(root: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(root / "env")], check=True)
    python = root / "env" / "bin" / "python"
    require_packages(python, {"json": "json"}, ENVIRONMENT)
    with pytest.raises(UsageError, match="pytest is not in the environment") as refused:
        require_packages(python, {"pytest": "pytest", "json": "json"}, ENVIRONMENT)
    assert "the line `pytest` to requirements.txt" in (refused.value.hint or "")
    with pytest.raises(UsageError, match="pytest and pytest-xdist are not in"):
        require_packages(python, {"pytest": "pytest", "xdist": "pytest-xdist"}, ENVIRONMENT)
