import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from airside.base.errors import DirtyTreeError, WorkspaceError
from airside.release.validation import tree_faults
from airside.workspace.git import without_credentials
from airside.workspace.source import Snapshot, committed_file, read_source
from airside.workspace.workspace import Workspace, open_workspace

Git = Callable[..., str]


def _files(snapshot: Snapshot) -> dict[str, bytes]:
    return {file.path: file.content for file in snapshot.files}


def _commit_all(git: Git) -> None:
    git("add", "--all")
    git("commit", "--quiet", "--message", "more")


def test_what_ships_is_the_commit_and_nothing_else(committed: Workspace) -> None:
    assert _files(read_source(committed, allow_dirty=False)) == {
        ".airflowignore": b"/lib/\n",
        "dags/daily.py": b"# a workflow\n",
        "lib/sales.py": b"PRICE = 3\n",
    }


def test_a_release_says_where_it_comes_from(committed: Workspace, git: Git) -> None:
    git("remote", "add", "origin", "https://ada:secret@git.example.com/flows.git")
    source = read_source(committed, allow_dirty=False).source
    assert source.commit == git("rev-parse", "HEAD")
    assert (source.branch, source.author, source.message) == ("main", "Ada <ada@example.com>", "First line")
    assert (source.repository, source.dirty) == ("https://git.example.com/flows.git", False)


def test_a_detached_head_has_no_branch(committed: Workspace, git: Git) -> None:
    git("checkout", "--quiet", "--detach")
    assert read_source(committed, allow_dirty=False).source.branch is None


@pytest.mark.parametrize("how", ["changed", "new", "deleted", "settings", "staged"])
def test_uncommitted_work_is_refused(committed: Workspace, git: Git, how: str) -> None:
    root = committed.root
    if how == "changed":
        (root / "dags" / "daily.py").write_text("changed")
    elif how == "new":
        (root / "lib" / "näw file.py").write_text("new")
    elif how == "deleted":
        (root / "lib" / "sales.py").unlink()
    elif how == "staged":
        (root / "dags" / "daily.py").write_text("changed")
        git("add", ".")
    else:
        text = (root / "airside.toml").read_text()
        (root / "airside.toml").write_text(text.replace('["lib"]', "[]"))
        committed = open_workspace(root)
    name = {"new": "lib/näw file.py", "deleted": "lib/sales.py", "settings": "airside.toml"}.get(how, "dags/daily.py")
    with pytest.raises(DirtyTreeError, match=name) as refused:
        read_source(committed, allow_dirty=False)
    assert "--allow-dirty" in (refused.value.hint or "")


def test_at_most_five_uncommitted_files_are_named(committed: Workspace) -> None:
    for number in range(7):
        (committed.root / "lib" / f"new{number}.py").touch()
    with pytest.raises(DirtyTreeError, match=r"new4\.py' and 2 more"):
        read_source(committed, allow_dirty=False)


def test_changes_of_what_does_not_ship_are_no_obstacle(committed: Workspace) -> None:
    (committed.root / "README.md").write_text("changed")
    (committed.root / "notes.txt").write_text("new")
    with (committed.root / "airside.toml").open("a") as file:
        file.write("[platform]\nport = 9090\n")
    assert read_source(open_workspace(committed.root), allow_dirty=False).source.dirty is False


def test_with_allow_dirty_the_working_tree_ships(committed: Workspace) -> None:
    root = committed.root
    (root / "dags" / "daily.py").write_text("changed")
    (root / "lib" / "sales.py").unlink()
    (root / "lib" / "new.sh").write_text("new")
    (root / "lib" / "new.sh").chmod(0o755)
    (root / ".gitignore").write_text("*.log\n")
    (root / "lib" / "noise.log").write_text("ignored")
    snapshot = read_source(committed, allow_dirty=True)
    assert _files(snapshot) == {".airflowignore": b"/lib/\n", "dags/daily.py": b"changed", "lib/new.sh": b"new"}
    assert [file.path for file in snapshot.files if file.executable] == ["lib/new.sh"]
    assert snapshot.source.dirty is True


def test_a_clean_tree_is_not_dirty_because_it_might_have_been(committed: Workspace) -> None:
    assert read_source(committed, allow_dirty=True) == read_source(committed, allow_dirty=False)


def test_before_the_first_commit_only_the_working_tree_can_ship(root: Path, git: Git) -> None:
    git("init", "--quiet")
    workspace = open_workspace(root)
    with pytest.raises(WorkspaceError, match="no commit yet") as refused:
        read_source(workspace, allow_dirty=False)
    assert "git commit" in (refused.value.hint or "")
    snapshot = read_source(workspace, allow_dirty=True)
    assert "dags/daily.py" in _files(snapshot)
    assert (snapshot.source.commit, snapshot.source.dirty) == (None, True)


def test_without_a_repository_the_next_step_is_named(root: Path) -> None:
    with pytest.raises(WorkspaceError, match="not in a git repository") as refused:
        read_source(open_workspace(root), allow_dirty=True)
    assert "git init" in (refused.value.hint or "")


def test_without_git_the_next_step_is_named(committed: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(WorkspaceError, match="git is not installed"):
        read_source(committed, allow_dirty=False)


def test_variables_of_a_git_hook_do_not_lead_to_another_repository(
    committed: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")
    assert read_source(committed, allow_dirty=False).source.dirty is False


def test_a_workspace_may_be_a_folder_of_the_repository(tmp_path: Path, root: Path) -> None:
    for arguments in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "all"]):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True)
    workspace = open_workspace(root)
    assert set(_files(read_source(workspace, allow_dirty=False))) == {".airflowignore", "dags/daily.py", "lib/sales.py"}
    (root / "lib" / "sales.py").write_text("changed")
    (tmp_path / "elsewhere.py").touch()
    with pytest.raises(DirtyTreeError, match=r"commit: 'lib/sales\.py'$"):
        read_source(workspace, allow_dirty=False)
    assert _files(read_source(workspace, allow_dirty=True))["lib/sales.py"] == b"changed"


def test_the_bytes_are_those_of_the_objects(committed: Workspace, git: Git) -> None:
    root = committed.root
    (root / "lib" / "dos.txt").write_bytes(b"a\r\nb\r\n")
    (root / "lib" / "binary").write_bytes(bytes(range(256)))
    (root / "lib" / "run.sh").write_text("x")
    (root / "lib" / "run.sh").chmod(0o755)
    (root / "lib" / "größe 1.txt").write_text("x")
    (root / ".gitattributes").write_text("lib/dos.txt export-ignore\n")
    _commit_all(git)
    snapshot = read_source(committed, allow_dirty=False)
    assert _files(snapshot)["lib/dos.txt"] == b"a\r\nb\r\n"
    assert _files(snapshot)["lib/binary"] == bytes(range(256))
    assert "lib/größe 1.txt" in _files(snapshot)
    assert [file.path for file in snapshot.files if file.executable] == ["lib/run.sh"]
    assert tree_faults(snapshot.files, dags="dags") == []


@pytest.mark.skipif(sys.platform == "darwin", reason="its file systems refuse such a name")
@pytest.mark.parametrize("name", [b"lib/new\nline.py", b"lib/latin-\xe9.py"])
def test_a_name_that_cannot_ship_is_left_to_the_validation(committed: Workspace, git: Git, name: bytes) -> None:
    Path(os.fsdecode(os.fsencode(committed.root) + b"/" + name)).touch()
    _commit_all(git)
    snapshot = read_source(committed, allow_dirty=False)
    assert os.fsdecode(name) in _files(snapshot)
    assert len(tree_faults(snapshot.files, dags="dags")) == 1


@pytest.mark.parametrize("allow_dirty", [False, True])
def test_a_link_to_a_file_that_ships_becomes_its_content(committed: Workspace, git: Git, *, allow_dirty: bool) -> None:
    (committed.root / "dags" / "link.py").symlink_to("../lib/second.py")
    (committed.root / "lib" / "second.py").symlink_to("sales.py")
    if not allow_dirty:
        _commit_all(git)
    files = _files(read_source(committed, allow_dirty=allow_dirty))
    assert files["dags/link.py"] == files["lib/sales.py"] == b"PRICE = 3\n"


@pytest.mark.parametrize("target", ["../README.md", "/etc/passwd", "../lib", "nowhere", "../dags/link.py"])
def test_a_link_that_leads_elsewhere_is_refused(committed: Workspace, git: Git, target: str) -> None:
    (committed.root / "dags" / "link.py").symlink_to(target)
    _commit_all(git)
    with pytest.raises(WorkspaceError, match=r"symbolic link dags/link\.py"):
        read_source(committed, allow_dirty=False)


def test_a_submodule_is_refused(committed: Workspace, git: Git) -> None:
    git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(committed.root), "lib/other")
    _commit_all(git)
    with pytest.raises(WorkspaceError, match="lib/other is a git repository of its own"):
        read_source(committed, allow_dirty=False)


def test_a_repository_in_the_working_tree_is_refused(committed: Workspace, git: Git) -> None:
    git("clone", "--quiet", ".", "lib/other")
    with pytest.raises(WorkspaceError, match="lib/other is a git repository of its own"):
        read_source(committed, allow_dirty=True)


def test_a_pointer_of_git_lfs_is_refused(committed: Workspace, git: Git) -> None:
    (committed.root / "lib" / "model.bin").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\n")
    _commit_all(git)
    with pytest.raises(WorkspaceError, match=r"model\.bin is a pointer of Git LFS"):
        read_source(committed, allow_dirty=False)


@pytest.mark.parametrize("allow_dirty", [False, True])
def test_a_config_for_one_machine_does_not_ship(committed: Workspace, git: Git, allow_dirty: bool) -> None:
    (committed.root / "airside.toml").write_text('[workspace]\nname = "sales"\ninclude = ["lib", "configs"]\n')
    (committed.root / "configs" / "local").mkdir(parents=True)
    (committed.root / "configs" / "local" / "orders.yaml").write_text("batch: 1\n")
    (committed.root / "configs" / "orders.yaml").write_text("batch: 100\n")
    ignored = committed.root / "configs" / ".gitignore"
    ignored.write_text("/local/\n")
    _commit_all(git)
    committed = open_workspace(committed.root)
    shipped = [file.path for file in read_source(committed, allow_dirty=allow_dirty).files]
    assert [path for path in shipped if path.startswith("configs/")] == ["configs/.gitignore", "configs/orders.yaml"]
    ignored.unlink()
    _commit_all(git)
    with pytest.raises(WorkspaceError, match=r"configs/local/orders\.yaml is for one machine"):
        read_source(committed, allow_dirty=allow_dirty)


def test_a_file_is_read_as_a_commit_has_it(committed: Workspace, git: Git) -> None:
    lock = committed.root / "requirements.lock"
    lock.write_bytes(b"apache-airflow==3.3.2\r\n")
    assert committed_file(committed, lock.name) is None, "it is in no commit yet"
    _commit_all(git)
    lock.write_text("changed")
    assert committed_file(committed, lock.name) == b"apache-airflow==3.3.2\r\n"
    with pytest.raises(WorkspaceError):
        committed_file(committed, lock.name, "0" * 40)


def test_a_lost_object_is_named(committed: Workspace, git: Git) -> None:
    lost = git("rev-parse", "HEAD:lib/sales.py")
    (committed.root / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    with pytest.raises(WorkspaceError, match=lost):
        read_source(committed, allow_dirty=False)


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("https://ada:secret@example.com/x.git", "https://example.com/x.git"),
        ("https://token@example.com:8443/x.git?key=1#f", "https://example.com:8443/x.git"),
        ("ssh://git:secret@example.com/x.git", "ssh://git@example.com/x.git"),
        ("git@example.com:team/x.git", "git@example.com:team/x.git"),
        ("/srv/git/x.git", "/srv/git/x.git"),
        ("https://example.com/x.git", "https://example.com/x.git"),
    ],
)
def test_an_address_is_recorded_without_credentials(url: str, clean: str) -> None:
    assert without_credentials(url) == clean
