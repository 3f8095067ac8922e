import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from airside.workspace.workspace import Workspace, open_workspace

Git = Callable[..., str]

SETTINGS = """\
[workspace]
name = "sales-flows"
dags = "dags"
include = ["lib"]
[environments.dev]
[environments.production]
"""


@pytest.fixture(autouse=True)
def _own_git_settings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("GIT_")]:  # noqa: TID251
        monkeypatch.delenv(name)
    settings = tmp_path_factory.mktemp("home") / "gitconfig"
    settings.write_text("[user]\nname = Ada\nemail = ada@example.com\n[init]\ndefaultBranch = main\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(settings))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def git(root: Path) -> Git:
    """Run git in the workspace and return what it prints."""

    def run(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    return run


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder with the files of a workspace, in no repository."""
    folder = tmp_path / "sales flows"
    for name, text in {
        "airside.toml": SETTINGS,
        "dags/daily.py": "# a workflow\n",
        "lib/sales.py": "PRICE = 3\n",
        "README.md": "not shipped\n",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def committed(root: Path, git: Git) -> Workspace:
    """A workspace with one commit."""
    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message", "First line\n\nMore.")
    return open_workspace(root)
