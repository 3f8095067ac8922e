from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from airside.base.errors import DirtyTreeError, WorkspaceError
from airside.workspace.default_settings import DefaultSettings
from airside.workspace.layout import serve_folder
from airside.workspace.source import read_commit, read_source
from airside.workspace.workspace import Workspace, open_workspace

Git = Callable[..., str]

FILE = ".airside-defaults.json"
SECTION = '[defaults]\nteam = "sales"\nretries = 3\nretry_delay = "5m"\nstart_date = 2026-01-31\n'
SHIPPED = b"""{
  "retries": 3,
  "retry_delay": "5m",
  "start_date": "2026-01-31",
  "team": "sales"
}
"""


def _say(root: Path, section: str = SECTION) -> Workspace:
    settings = root / "airside.toml"
    settings.write_text(settings.read_text().partition("[defaults]")[0] + section)
    return open_workspace(root)


def _files(workspace: Workspace, *, allow_dirty: bool = False) -> dict[str, bytes]:
    return {file.path: file.content for file in read_source(workspace, allow_dirty=allow_dirty).files}


def test_the_section_says_what_workflows_are() -> None:
    found = DefaultSettings.model_validate(
        {"tags": ["a"], "start_date": "2026-01-31", "execution_timeout": "1h30m", "catchup": False}
    )
    assert found.execution_timeout == timedelta(minutes=90)
    assert found.start_date == datetime(2026, 1, 31)  # noqa: DTZ001 - a workflow takes it as UTC
    assert found.encoded() is not None
    assert DefaultSettings().encoded() is None


@pytest.mark.parametrize(
    "section",
    [
        {"retires": 3},
        {"retries": -1},
        {"retries": "3"},
        {"retry_delay": 5},
        {"retry_delay": "soon"},
        {"start_date": "soon"},
        {"owner": ""},
        {"max_active_runs": 0},
        {"retry_delay": "2h", "max_retry_delay": "1h"},
    ],
)
def test_what_no_workflow_can_be_is_refused(section: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        DefaultSettings.model_validate(section)


def test_a_fault_names_its_key(root: Path) -> None:
    with pytest.raises(WorkspaceError, match=r"defaults\.retry_delay"):
        _say(root, '[defaults]\nretry_delay = "soon"\n')


def test_a_release_holds_the_defaults_of_its_commit(committed: Workspace, git: Git) -> None:
    assert FILE not in _files(committed)
    changed = _say(committed.root)
    with pytest.raises(DirtyTreeError, match=r"airside\.toml"):
        read_source(changed, allow_dirty=False)
    assert _files(changed, allow_dirty=True)[FILE] == SHIPPED
    git("commit", "--all", "--quiet", "--message", "defaults")
    assert _files(changed)[FILE] == SHIPPED
    earlier = read_commit(changed, git("rev-parse", "HEAD~1"))
    assert earlier is not None
    assert FILE not in {file.path for file in earlier}


def test_the_served_folder_holds_the_defaults_as_they_are_now(root: Path) -> None:
    assert not (serve_folder(open_workspace(root)) / FILE).exists()
    folder = serve_folder(_say(root))
    assert (folder / FILE).read_bytes() == SHIPPED
    serve_folder(_say(root, ""))
    assert not (folder / FILE).exists()


def test_a_file_of_that_name_cannot_ship(root: Path) -> None:
    settings = root / "airside.toml"
    settings.write_text(settings.read_text().replace('["lib"]', f'["{FILE}"]'))
    with pytest.raises(WorkspaceError, match="not for workflows"):
        open_workspace(root)
