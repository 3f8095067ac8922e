from collections.abc import Callable
from pathlib import Path

import pytest

from airside.running import serving
from airside.running.serving import announce

Write = Callable[[str, str | bytes], Path]


@pytest.fixture(autouse=True)
def _nobody_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIRSIDE_ENVIRONMENT", raising=False)
    monkeypatch.setattr(serving, "_served", {})


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace, which is the current folder."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    (folder / "airside.toml").write_text('[workspace]\nname = "sales"\n')
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def write(root: Path) -> Write:
    def write(name: str, text: str | bytes) -> Path:
        path = root / "configs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path, str], None]:
    """Have a folder served as an environment, as a bundle does."""

    def serve(folder: Path, environment: str) -> None:
        announce(folder, environment)
        monkeypatch.syspath_prepend(str(folder))

    return serve
