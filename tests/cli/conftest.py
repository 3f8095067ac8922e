import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from folders import Folder

from airside.cli.main import run


@pytest.fixture(autouse=True)
def no_keys_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have signing keys; what is deployed here is signed by none of them."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "configuration"))
    monkeypatch.delenv("AIRSIDE_SIGNING_KEY", raising=False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """A committed workspace whose path has a space and letters beyond ASCII; the tests' own Airflow checks it."""
    monkeypatch.setattr("airside.cli.checking.ensure_environment", lambda *_, **__: Path(sys.executable))
    return Folder(tmp_path / "flüge & Züge %d")


@pytest.fixture
def airside(folder: Folder, capfd: pytest.CaptureFixture[str]) -> Callable[..., SimpleNamespace]:
    """Run a command line in the workspace; returns its exit code and what it printed."""

    def call(*arguments: str) -> SimpleNamespace:
        capfd.readouterr()
        code = run(["-C", str(folder.root), *arguments])
        printed = capfd.readouterr()
        return SimpleNamespace(code=code, out=printed.out, err=printed.err)

    return call
