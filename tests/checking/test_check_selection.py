import subprocess
import time
from pathlib import Path

import pytest
from folders import Folder

from airside.base.errors import UsageError
from airside.checking.changes import changed_files, repository_prefix
from airside.checking.selection import EVERYTHING, affected, files_at
from airside.inspection.facts import FileFacts
from airside.workspace.workspace import Workspace, open_workspace

SETTINGS = '[workspace]\nname = "flows"\ninclude = ["lib", "configs", "sql"]\n[environments.preprod]\n'
FILES = {
    "dags/orders.py": "from lib.sums import total\n",
    "dags/deep/returns.py": "import lib.money as m, os\n",
    "dags/plain.py": "import os\nPATH = 'configs/stock.yaml'\n",
    "dags/many.py": "from lib import (\n    money,  # a )\n    sums,\n)\n",
    "dags/sibling.py": "from plain import PATH\n",
    "dags/by_name.py": "import importlib\nimportlib.import_module('lib.lonely')\n",
    "dags/globbed.py": "from pathlib import Path\nFILES = Path('sql').glob('*')\n",
    "dags/late.py": "def task():\n    from lib.deep.inner import x\n",
    "lib/__init__.py": "",
    "lib/sums.py": "from .money import CENT\n",
    "lib/money.py": "CENT = 1\n",
    "lib/lonely.py": "",
    "lib/deep/__init__.py": "",
    "lib/deep/inner.py": "from ..lonely import x\n",
    "configs/stock.yaml": "a: 1\n",
    "configs/nobody.yaml": "a: 1\n",
    "sql/first.sql": "select 1\n",
    "README.md": "read\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "flüge", SETTINGS, FILES)


@pytest.fixture
def workspace(folder: Folder) -> Workspace:
    return open_workspace(folder.root)


@pytest.mark.parametrize(
    ("changed", "dags"),
    [
        ("dags/orders.py", ["dags/orders.py"]),
        ("lib/sums.py", ["dags/many.py", "dags/orders.py"]),
        ("lib/money.py", ["dags/deep/returns.py", "dags/many.py", "dags/orders.py"]),
        ("lib/lonely.py", ["dags/by_name.py", "dags/late.py"]),
        ("lib/deep/inner.py", ["dags/late.py"]),
        ("dags/plain.py", ["dags/plain.py", "dags/sibling.py"]),
        ("configs/stock.yaml", ["dags/plain.py", "dags/sibling.py"]),
        ("sql/first.sql", ["dags/globbed.py"]),
        ("README.md", []),
    ],
)
def test_a_change_affects_what_imports_or_names_it(workspace: Workspace, changed: str, dags: list[str]) -> None:
    assert list(affected(workspace, [changed]).dags) == dags


def test_the_package_around_a_module_counts_too(workspace: Workspace) -> None:
    assert "dags/orders.py" in affected(workspace, ["lib/__init__.py"]).dags


def test_a_file_that_is_gone_still_has_dependents_and_is_not_checked_itself(
    folder: Folder, workspace: Workspace
) -> None:
    (folder.root / "lib/sums.py").unlink()
    selection = affected(workspace, ["lib/sums.py"])
    assert selection.dags == ("dags/many.py", "dags/orders.py")
    assert "lib/sums.py" not in selection.files


def test_the_source_of_a_helper_that_changed_is_checked_with_its_dependents(workspace: Workspace) -> None:
    assert affected(workspace, ["lib/sums.py"]).files == ("dags/many.py", "dags/orders.py", "lib/sums.py")


@pytest.mark.parametrize(
    "changed", ["airside.toml", "requirements.lock", "policies/owners.py", "secrets/dev.yaml", "dags/.airflowignore"]
)
def test_what_holds_for_all_files_affects_all_of_them(workspace: Workspace, changed: str) -> None:
    assert affected(workspace, ["dags/orders.py", changed]) is EVERYTHING


def test_what_an_inspection_saw_counts_where_the_text_says_nothing(workspace: Workspace) -> None:
    known = [FileFacts(file="dags/orders.py", reads=("configs/nobody.yaml",))]
    assert "dags/orders.py" not in affected(workspace, ["configs/nobody.yaml"]).dags
    assert "dags/orders.py" in affected(workspace, ["configs/nobody.yaml"], known).dags


def test_bytes_that_are_no_text_and_files_that_nobody_can_read_stop_nothing(
    folder: Folder, workspace: Workspace
) -> None:
    (folder.root / "dags/latin.py").write_bytes(b"from lib.sums import total  # \xe9\n")
    (folder.root / "dags/nowhere.py").symlink_to("gone.py")
    (folder.root / "dags/huge.py").write_text("from lib.sums import total\n" + "#" * 2_000_000)
    assert "dags/latin.py" in affected(workspace, ["lib/sums.py"]).dags


def test_paths_are_those_of_the_users_folder_or_of_the_workspace(folder: Folder, workspace: Workspace) -> None:
    deep = folder.root / "dags" / "deep"
    assert files_at(workspace, deep, ["returns.py"]) == ["dags/deep/returns.py"]
    assert files_at(workspace, deep, ["lib/sums.py"]) == ["lib/sums.py"]
    assert files_at(workspace, folder.root, [str(deep)]) == ["dags/deep/returns.py"]
    assert sorted(files_at(workspace, folder.root, ["lib/deep"]) or []) == ["lib/deep/__init__.py", "lib/deep/inner.py"]
    assert files_at(workspace, folder.root, ["lib", "."]) is None


@pytest.mark.parametrize(("path", "said"), [("nowhere.py", "no file or folder"), ("/tmp", "outside the workspace")])
def test_a_path_that_is_not_in_the_workspace_is_refused(
    folder: Folder, workspace: Workspace, path: str, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        files_at(workspace, folder.root, [path])


def test_changes_are_those_of_the_working_tree_of_the_index_and_new_files(folder: Folder, workspace: Workspace) -> None:
    assert changed_files(workspace, None) == []
    folder.write("dags/orders.py", "# edited\n")
    folder.write("lib/sums.py", "# staged\n")
    folder.git("add", "lib/sums.py")
    folder.write("dags/new ü.py", "# new\n")
    (folder.root / "lib/lonely.py").unlink()
    assert sorted(changed_files(workspace, None)) == ["dags/new ü.py", "dags/orders.py", "lib/lonely.py", "lib/sums.py"]


def test_changes_since_a_branch_are_those_of_this_branch_only(folder: Folder, workspace: Workspace) -> None:
    folder.git("checkout", "--quiet", "-b", "feature")
    folder.write("dags/orders.py", "# mine\n")
    folder.commit()
    folder.git("checkout", "--quiet", "main")
    folder.write("dags/plain.py", "# theirs\n")
    folder.commit()
    folder.git("checkout", "--quiet", "feature")
    folder.write("dags/new.py", "# not committed\n")
    assert changed_files(workspace, "main") == ["dags/new.py", "dags/orders.py"]
    assert changed_files(workspace, None) == ["dags/new.py"]


@pytest.mark.parametrize("reference", ["nowhere", "--output=x", ""])
def test_a_branch_that_is_not_there_is_refused(folder: Folder, workspace: Workspace, reference: str) -> None:
    with pytest.raises(UsageError, match="is not known here") as refused:
        changed_files(workspace, reference)
    assert "fetch" in (refused.value.hint or "")


def test_a_workspace_in_a_folder_of_its_repository_is_named_by_its_own_paths(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "mono" / "flows", SETTINGS, FILES)
    subprocess.run(["rm", "-rf", str(folder.root / ".git")], check=True)
    subprocess.run(["git", "init", "--quiet", str(tmp_path / "mono")], check=True)
    folder.commit()
    folder.write("dags/orders.py", "# edited\n")
    (tmp_path / "mono" / "other.py").write_text("# not ours\n")
    workspace = open_workspace(folder.root)
    assert changed_files(workspace, None) == ["dags/orders.py"]
    assert repository_prefix(workspace) == "flows/"


def test_without_git_a_change_cannot_be_told(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "flows", SETTINGS, FILES)
    subprocess.run(["rm", "-rf", str(folder.root / ".git")], check=True)
    workspace = open_workspace(folder.root)
    with pytest.raises(UsageError, match="no git repository"):
        changed_files(workspace, None)
    assert repository_prefix(workspace) == ""


def test_three_hundred_files_are_searched_in_a_moment(tmp_path: Path) -> None:
    files = FILES | {f"dags/d{number}.py": "from lib.sums import total\n" + "x = 1\n" * 50 for number in range(300)}
    workspace = open_workspace(Folder(tmp_path / "flows", SETTINGS, files).root)
    started = time.process_time()
    assert len(affected(workspace, ["lib/sums.py"]).dags) == 302
    assert time.process_time() - started < 0.5  # some 30 ms on an idle machine
