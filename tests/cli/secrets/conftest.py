from collections.abc import Iterator
from pathlib import Path

import pytest
from sealed import make_identity
from secret_place import SETTINGS, Place


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Place]:
    root = tmp_path / "work space é"
    (root / "dags").mkdir(parents=True)
    (root / "airside.toml").write_text(SETTINGS)
    temporary, memory = tmp_path / "tmp", tmp_path / "memory"
    temporary.mkdir()
    memory.mkdir()
    monkeypatch.setattr("airside.secrets.writing.private.MEMORY", memory)
    monkeypatch.setattr("airside.secrets.writing.private.private_folder.__wrapped__.__defaults__", (memory,))
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("VISUAL", "EDITOR", "SOPS_AGE_KEY_FILE", "SOPS_AGE_KEY", "SOPS_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    me = make_identity()
    me.write(tmp_path / "configuration" / "airside" / "age" / "keys.txt")
    yield Place(root, me, monkeypatch, capfd)
    assert list(memory.iterdir()) == []
    assert list(temporary.iterdir()) == []
    assert "tmp" not in {path.suffix for path in (root / "secrets").glob("*")}
