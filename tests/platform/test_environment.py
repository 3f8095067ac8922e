from collections.abc import Sequence
from pathlib import Path

import pytest

from airside.base.errors import UsageError, WorkspaceError
from airside.platform import environment, lockfile
from airside.platform.environment import STAMP, ensure_environment, environment_folder
from airside.platform.uv import run_uv
from airside.workspace.workspace import Workspace, open_workspace


class Killed(BaseException):
    """What a kill is to a test that has to live on."""


class Uv:
    """Records what uv is asked for; makes an environment that has an interpreter, and dies where it is told."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.dies_in = ""

    def __call__(self, arguments: Sequence[str], *, cwd: Path, stdin: str = "") -> None:
        name = " ".join(word for word in arguments[:2] if not word.startswith("-"))
        self.calls.append(name)
        if name == self.dies_in:
            raise Killed
        if name == "venv":
            folder = Path(arguments[-1])
            (folder / "bin").mkdir(parents=True, exist_ok=True)
            (folder / "bin" / "python").touch()
            (folder / "pyvenv.cfg").write_text(f"version_info = {arguments[arguments.index('--python') + 1]}.7\n")
        if name == "pip compile":
            Path(arguments[arguments.index("--output-file") + 1]).write_text(stdin)


@pytest.fixture
def uv(monkeypatch: pytest.MonkeyPatch) -> Uv:
    recorder = Uv()
    monkeypatch.setattr(environment, "run_uv", recorder)
    monkeypatch.setattr(lockfile, "run_uv", recorder)
    return recorder


def ensure(workspace: Workspace) -> list[str]:
    """Return what was reported."""
    steps: list[str] = []
    ensure_environment(workspace, lambda step: steps.append(step.text))
    return steps


WHOLE = ["venv", "pip sync", "pip install"]


def test_an_environment_is_built_once(workspace: Workspace, uv: Uv) -> None:
    assert len(ensure(workspace)) == 2
    assert uv.calls == ["pip compile", *WHOLE]
    assert ensure(workspace) == []
    assert uv.calls == ["pip compile", *WHOLE]


@pytest.mark.parametrize("step", WHOLE)
def test_an_interrupted_build_is_made_anew(workspace: Workspace, uv: Uv, step: str) -> None:
    uv.dies_in = step
    with pytest.raises(Killed):
        ensure(workspace)
    uv.dies_in, uv.calls = "", []
    ensure(workspace)
    assert uv.calls == WHOLE
    assert (environment_folder(workspace) / STAMP).is_file()


def test_changed_packages_are_brought_up_to_date_in_place(workspace: Workspace, uv: Uv) -> None:
    ensure(workspace)
    (workspace.root / "requirements.txt").write_text("rich\n")
    uv.calls = []
    ensure(workspace)
    assert uv.calls == ["pip compile", "pip sync", "pip install"]


def test_another_python_needs_another_environment(workspace: Workspace, uv: Uv) -> None:
    ensure(workspace)
    settings = workspace.root / "airside.toml"
    settings.write_text(settings.read_text() + '[airflow]\npython = "3.13"\n')
    uv.calls = []
    ensure(open_workspace(workspace.root))
    assert uv.calls == ["pip compile", *WHOLE]


def test_packages_that_do_not_fit_together_are_explained(tmp_path: Path) -> None:
    arguments = ["pip", "compile", "-", "--offline", "--no-index", "--quiet"]
    with pytest.raises(UsageError, match=r"(?s)uv pip compile failed for .*no-such-package"):
        run_uv(arguments, cwd=tmp_path, stdin="no-such-package==1\n")


def test_a_folder_that_cannot_be_written_is_named(workspace: Workspace, uv: Uv) -> None:
    (workspace.state / "env.lock").mkdir(parents=True)
    with pytest.raises(WorkspaceError, match=r"env\.lock: Is a directory") as refused:
        ensure(workspace)
    assert "can be removed" in (refused.value.hint or "")
    assert uv.calls == []
