import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from airside.base.errors import DirtyTreeError, UsageError, WorkspaceError
from airside.release.validation import tree_faults
from airside.workspace.git import make_repository
from airside.workspace.source import read_source
from airside.workspace.templating import TEMPLATES, built_in, make_workspace, update_workspace
from airside.workspace.workspace import open_workspace

TARGETS = ["start", "stop", "restart", "logs", "bash", "edit-secret", "apply-secret", "test", "clean"]


def _git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def _commit(folder: Path) -> None:
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "--message", "x")


def _made(folder: Path, template: str = "default", version: str = "0.1.0") -> Path:
    make_workspace(folder, template=template, name="sales-flows", version=version, python="3.11")
    make_repository(folder)
    _commit(folder)
    return folder


@pytest.mark.parametrize("template", ["default", "examples", "flights"])
def test_a_new_workspace_can_be_released_at_once(tmp_path: Path, template: str) -> None:
    workspace = open_workspace(_made(tmp_path / "new", template))
    assert workspace.name == "sales-flows"
    assert set(workspace.settings.environments) == {"dev", "preprod", "production"}
    files = read_source(workspace, allow_dirty=False).files
    assert tree_faults(files, dags="dags") == []
    assert {".airflowignore"} < {file.path for file in files}


@pytest.mark.slow
@pytest.mark.parametrize("template", ["default", "examples", "flights"])
def test_the_tests_of_a_new_workspace_pass_and_verify_every_task(tmp_path: Path, template: str) -> None:
    root = _made(tmp_path / "new", template)
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}  # noqa: TID251
    variables |= {"AIRFLOW_HOME": str(tmp_path / "airflow"), "_AIRFLOW__AS_LIBRARY": "1"}
    options = ["-q", "-p", "no:randomly", "-p", "no:cacheprovider", "--require-verified"]
    command = [sys.executable, "-m", "pytest", *options, "tests"]
    done = subprocess.run(command, cwd=root, env=variables, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("template", ["default", "examples", "flights"])
def test_nothing_of_a_new_workspace_names_the_machine_it_was_made_on(tmp_path: Path, template: str) -> None:
    root = _made(tmp_path / "new", template)
    answers = yaml.safe_load((root / ".copier-answers.yml").read_text())
    assert answers == {
        "_commit": "v0.1.0",
        "_src_path": f"airside:{template}",
        "name": "sales-flows",
        "python": "3.11",
    }
    for path in root.rglob("*"):
        if path.is_file() and ".git" not in path.relative_to(root).parts:
            assert str(tmp_path) not in path.read_text()
            assert "{{ name }}" not in path.read_text()


@pytest.mark.parametrize("template", ["default", "examples", "flights"])
def test_each_make_target_is_one_line_that_calls_airside(tmp_path: Path, template: str) -> None:
    root = _made(tmp_path / "new", template)
    for target in TARGETS:
        command = ["make", "--no-print-directory", "-n", target]
        said = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout
        assert said.startswith("airside ")
        assert len(said.splitlines()) == 1


def test_git_ignores_what_belongs_to_the_machine_and_not_the_lock(tmp_path: Path) -> None:
    root = _made(tmp_path / "new")
    for name in (".airside/x", ".store/x", "lib/__pycache__/x", "requirements.lock", "secrets/dev.yaml"):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).touch()
    assert _git(root, "status", "--porcelain", "-uall").split() == ["??", "requirements.lock", "??", "secrets/dev.yaml"]


def test_a_folder_with_files_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(UsageError, match="is not empty") as refused:
        make_workspace(tmp_path, template="default", name="x", version="0.1.0", python="3.11")
    assert "--update" in (refused.value.hint or "")
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    with pytest.raises(UsageError, match="is a file"):
        make_workspace(tmp_path / "mine", template="default", name="x", version="0.1.0", python="3.11")


def test_a_new_repository_is_as_good_as_an_empty_folder(tmp_path: Path) -> None:
    make_repository(tmp_path)
    make_workspace(tmp_path, template="default", name="x", version="0.1.0", python="3.11")
    assert open_workspace(tmp_path).name == "x"


def test_an_unknown_template_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"built in: default, examples, flights; did you mean 'flights'\?"):
        make_workspace(tmp_path / "new", template="flight", name="x", version="0.1.0", python="3.11")
    assert not (tmp_path / "new").exists()


def test_an_address_with_credentials_is_refused_without_showing_them(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"https://example\.com/x\.git") as refused:
        make_workspace(
            tmp_path / "new", template="https://a:secret@example.com/x.git", name="x", version="0.1.0", python="3.11"
        )
    assert "secret" not in refused.value.message


@pytest.fixture
def template(tmp_path: Path) -> Path:
    """A team's own template: a git repository with a version."""
    folder = tmp_path / "template"
    shutil.copytree(TEMPLATES / "default", folder)
    make_repository(folder)
    _commit(folder)
    _git(folder, "tag", "v1.0.0")
    return folder


def test_a_template_may_be_a_git_repository_with_versions(tmp_path: Path, template: Path) -> None:
    root = _made(tmp_path / "new", str(template))
    (template / "files" / "lib" / "more.py").write_text("NEW = 1\n")
    _commit(template)
    _git(template, "tag", "v1.1.0")
    assert update_workspace(root, version="0.1.0") == []
    assert (root / "lib" / "more.py").read_text() == "NEW = 1\n"


def test_a_template_that_wants_to_run_code_is_refused(tmp_path: Path, template: Path) -> None:
    with (template / "copier.yml").open("a") as file:
        file.write('_tasks: ["touch ran"]\n')
    _commit(template)
    _git(template, "tag", "v1.1.0")
    with pytest.raises(WorkspaceError, match="cannot be used"):
        make_workspace(tmp_path / "new", template=str(template), name="x", version="0.1.0", python="3.11")
    assert not (tmp_path / "new" / "ran").exists()


def test_a_repository_that_does_not_answer_is_named(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match=r"nowhere\.git cannot be used"):
        make_workspace(tmp_path / "new", template=f"{tmp_path}/nowhere.git", name="x", version="0.1.0", python="3.11")


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    """The templates of Airside 0.3.0, which changed the default one since 0.2.0; 0.1.0 had that of 0.2.0."""
    folder = tmp_path / "templates"
    shutil.copytree(TEMPLATES / "default", folder / "archive" / "0.2.0" / "default")
    shutil.copytree(TEMPLATES / "default", folder / "default")
    files = folder / "default" / "files"
    (files / "Makefile").write_text((files / "Makefile").read_text() + "\nnew: ; airside status\n")
    (files / "lib" / "more.py").write_text("NEW = 1\n")
    (files / "configs" / "daily_sales.yaml").write_text("currency: USD\n")
    (files / "secrets" / "README.md").unlink()
    return folder


def test_an_update_brings_the_changes_of_the_template_and_keeps_those_of_the_user(
    tmp_path: Path, templates: Path
) -> None:
    root = _made(tmp_path / "new")
    makefile = (root / "Makefile").read_text()
    (root / "Makefile").write_text(f"# mine\n{makefile}")
    (root / "lib" / "mine.py").write_text("MINE = 1\n")
    (root / "README.md").write_text("mine\n")
    _commit(root)
    assert update_workspace(root, version="0.3.0", templates=templates) == []
    assert (root / "Makefile").read_text() == f"# mine\n{makefile}\nnew: ; airside status\n"
    assert (root / "lib" / "more.py").read_text() == "NEW = 1\n"
    assert (root / "lib" / "mine.py").read_text() == "MINE = 1\n"
    assert (root / "README.md").read_text() == "mine\n"
    assert (root / "configs" / "daily_sales.yaml").read_text() == "currency: USD\n"
    assert not (root / "secrets" / "README.md").exists()
    answers = yaml.safe_load((root / ".copier-answers.yml").read_text())
    assert answers == {
        "_commit": "v0.3.0",
        "_src_path": "airside:default",
        "name": "sales-flows",
        "python": "3.11",
    }
    assert not (root / ".airside" / ".copier-answers.yml").exists()


def test_a_line_that_both_sides_changed_is_marked(tmp_path: Path, templates: Path) -> None:
    root = _made(tmp_path / "new")
    (root / "configs" / "daily_sales.yaml").write_text("currency: GBP\n")
    _commit(root)
    assert update_workspace(root, version="0.3.0", templates=templates) == ["configs/daily_sales.yaml"]
    text = (root / "configs" / "daily_sales.yaml").read_text()
    assert "<<<<<<<" in text
    assert "currency: GBP" in text
    assert "currency: USD" in text


def test_an_update_to_the_same_version_changes_nothing(tmp_path: Path) -> None:
    root = _made(tmp_path / "new")
    assert update_workspace(root, version="0.1.0") == []
    assert _git(root, "status", "--porcelain") == ""


def test_an_update_to_an_older_version_is_refused(tmp_path: Path, templates: Path) -> None:
    root = _made(tmp_path / "new", version="0.4.0")
    with pytest.raises(WorkspaceError, match="downgrading"):
        update_workspace(root, version="0.3.0", templates=templates)


def test_an_update_over_uncommitted_work_is_refused(tmp_path: Path, templates: Path) -> None:
    root = _made(tmp_path / "new")
    (root / "new.py").touch()
    with pytest.raises(DirtyTreeError, match="no commit holds"):
        update_workspace(root, version="0.3.0", templates=templates)


def test_a_workspace_of_no_template_cannot_be_updated(tmp_path: Path) -> None:
    root = _made(tmp_path / "new")
    (root / ".copier-answers.yml").unlink()
    _commit(root)
    with pytest.raises(WorkspaceError, match="not known"):
        update_workspace(root, version="0.1.0")


def test_every_built_in_template_is_known() -> None:
    assert built_in() == ["default", "examples", "flights"]
