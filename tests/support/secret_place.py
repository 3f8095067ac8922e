"""A workspace with secrets, and the verbs of `airside secrets` in it."""

import io
import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sealed import Identity, decrypted, sops

from airside.cli.main import run

MEMORY = Path("/dev/shm")
SETTINGS = """\
[workspace]
name = "x"
[environments.dev]
[environments.preprod]
[environments."preview/mine"]
"""


@dataclass(frozen=True)
class Place:
    """A workspace with the user's own key, and the verbs of `airside secrets` in it."""

    root: Path
    me: Identity
    patch: pytest.MonkeyPatch
    capfd: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str, stdin: str = "") -> SimpleNamespace:
        self.patch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        self.capfd.readouterr()
        code = run(["-C", str(self.root), "secrets", *arguments])
        printed = self.capfd.readouterr()
        return SimpleNamespace(code=code, out=printed.out, err=printed.err, all=printed.out + printed.err)

    def document(self, name: str = "dev") -> Path:
        return self.root / "secrets" / f"{name}.yaml"

    def values(self, name: str = "dev", who: Identity | None = None) -> Any:  # noqa: ANN401
        return json.loads(decrypted(self.document(name).read_bytes(), who or self.me))

    def text(self, name: str = "dev") -> str:
        """Return what the real program shows of a document, comments included."""
        arguments = ["decrypt", "--input-type", "yaml", "--output-type", "yaml", "/dev/stdin"]
        return sops(arguments, self.document(name).read_bytes(), self.me.variables).decode()

    def saves(self, text: str) -> None:
        """Let the user's editor save `text`."""
        (self.root.parent / "text").write_text(text)
        self.edits_with(f'cat "{self.root.parent}/text" > "$1"')

    def edits_with(self, script: str) -> None:
        editor = self.root.parent / "editor"
        editor.write_text(f"#!/bin/sh\n{script}\n")
        editor.chmod(0o755)
        self.patch.setenv("EDITOR", str(editor))

    def filled(self, text: str, name: str = "dev") -> None:
        self.saves(text)
        assert self("edit", name).code == 0

    def becomes(self, who: Identity) -> None:
        who.write(self.root.parent / "configuration" / "airside" / "age" / "keys.txt")

    def git(self, *arguments: str) -> None:
        settings = ("-c", "user.name=ana", "-c", "user.email=ana@example.com")
        subprocess.run(["git", *settings, *arguments], cwd=self.root, check=True, capture_output=True)

    def commit(self) -> None:
        if not (self.root / ".git").exists():
            self.git("init", "-q")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "x")


def left(memory: Path = MEMORY) -> Mapping[Path, bytes]:
    found = [path for path in memory.glob("airside-secrets-*/**/*") if path.is_file()]
    return {path: path.read_bytes() for path in found}
