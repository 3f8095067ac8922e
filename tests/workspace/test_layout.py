from pathlib import Path

import pathspec
import pytest

from airside.base.errors import WorkspaceError
from airside.workspace.layout import ignore_file, serve_folder
from airside.workspace.workspace import open_workspace


def _served(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_symlink()}


def test_an_edit_is_seen_through_the_served_folder(root: Path) -> None:
    folder = serve_folder(open_workspace(root))
    (root / "dags" / "daily.py").write_text("edited")
    assert (folder / "dags" / "daily.py").read_text() == "edited"
    assert _served(folder) == {"dags", "lib"}
    assert (folder / ".airflowignore").read_text() == "/lib/\n"


def test_serving_again_changes_nothing(root: Path) -> None:
    workspace = open_workspace(root)
    folder = serve_folder(workspace)
    before = {path: path.lstat().st_ino for path in folder.iterdir()}
    assert serve_folder(workspace) == folder
    assert {path: path.lstat().st_ino for path in folder.iterdir()} == before


def test_an_entry_that_was_removed_is_no_longer_served_and_stays_in_the_workspace(root: Path) -> None:
    serve_folder(open_workspace(root))
    (root / "helper.py").touch()
    (root / "assets" / "sql").mkdir(parents=True)
    settings = root / "airside.toml"
    settings.write_text(settings.read_text().replace('["lib"]', '["helper.py", "assets/sql"]'))
    folder = serve_folder(open_workspace(root))
    assert _served(folder) == {"dags", "helper.py", "assets/sql"}
    assert (folder / ".airflowignore").read_text() == "/assets/sql/\n/helper.py\n"
    assert (root / "lib" / "sales.py").read_text() == "PRICE = 3\n"
    settings.write_text(settings.read_text().replace('"assets/sql"', '"assets"'))
    assert _served(serve_folder(open_workspace(root))) == {"dags", "helper.py", "assets"}


def test_files_of_somebody_else_are_never_removed(root: Path) -> None:
    folder = serve_folder(open_workspace(root))
    (folder / "lib").unlink()
    (folder / "lib").mkdir()
    (folder / "lib" / "mine.py").write_text("mine")
    with pytest.raises(WorkspaceError, match="cannot be brought up to date"):
        serve_folder(open_workspace(root))
    assert (folder / "lib" / "mine.py").read_text() == "mine"


def test_git_does_not_see_the_state_of_this_machine(root: Path) -> None:
    serve_folder(open_workspace(root))
    assert (root / ".airside" / ".gitignore").read_text() == "*\n"


@pytest.mark.parametrize("name", ["lib", "li[b]", "a*b", "what?", "c#", "!x", "with space"])
def test_a_folder_of_any_name_is_hidden_and_no_other(name: str) -> None:
    patterns = pathspec.PathSpec.from_lines("gitignore", ignore_file([name], []).decode().splitlines())
    assert patterns.match_file(f"{name}/x.py")
    assert not patterns.match_file(f"dags/{name}/x.py")
    assert not patterns.match_file("libb/x.py")
