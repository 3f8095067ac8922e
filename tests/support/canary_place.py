"""A workspace whose secrets are canaries, written by the verbs themselves, and all that a command shows or leaves."""

import io
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from canary import Canaries, Watch, told_by
from folders import Folder
from sealed import Identity, decrypted

from airside.base.errors import AirsideError
from airside.cli.main import run
from airside.cli.output import Output

MEMORY = Path("/dev/shm")
SPECIAL = "'\"%$\\ é☃{}<&"
SETTINGS = """\
[workspace]
name = "sales-flows"
[environments.dev]
[environments.preprod]
[environments.production]
"""
WORKFLOW = """\
from airflow.sdk import Connection, Variable, dag, task

REGION = Variable.get("region", default="none")

@dag(schedule=None, description=REGION)
def orders():
    @task
    def ask() -> str:
        return Connection.get("dwh").host + Variable.get("api")

    ask()

orders()
"""


@dataclass
class House:
    """The workspace, and what was found of its secrets where nothing may be.

    Attributes:
        folder: The committed workspace.
        canaries: Its secrets.
        me: The user's key.
        plain: Files where a value is in clear, as the user has put it there.
        leaks: What was found, and after which command.
        errors: How many errors were looked into.
    """

    folder: Folder
    canaries: Canaries
    me: Identity
    patch: pytest.MonkeyPatch
    capfd: pytest.CaptureFixture[str]
    plain: list[Path] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)
    errors: int = 0
    children: int = 0
    sampled: int = 0

    @property
    def root(self) -> Path:
        return self.folder.root

    @property
    def outside(self) -> Path:
        """Where the user's own files are: the key, the editor, what is in clear."""
        return self.root.parent / "outside"

    @property
    def temporary(self) -> Path:
        return self.root.parent / "tmp"

    def document(self, name: str = "preprod") -> Path:
        return self.root / "secrets" / f"{name}.yaml"

    def __call__(self, *words: str, stdin: str | bytes = "", code: int | Sequence[int] = 0) -> SimpleNamespace:
        """Run a command line, and search all that it shows and leaves."""
        given = stdin.encode() if isinstance(stdin, str) else stdin
        self.patch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given)))
        self.capfd.readouterr()
        with Watch(self.canaries, (self.temporary, self.root / "secrets"), self.plain) as watch:
            ended = run(["-C", str(self.root), "--yes", *words])
        printed = self.capfd.readouterr()
        found = watch.found | self.canaries.found(printed.out) | self.canaries.found(printed.err)
        found |= self.canaries.in_files([self.root, self.temporary, MEMORY], besides=self.plain)
        self.leaks += [f"airside {' '.join(words)[:200]}: {what}" for what in sorted(found)]
        self.children += watch.children
        self.sampled += watch.sampled
        assert ended in ([code] if isinstance(code, int) else code), (words, ended, printed.out, printed.err)
        return SimpleNamespace(code=ended, out=printed.out, err=printed.err)

    def both(self, *words: str, stdin: str | bytes = "", code: int | Sequence[int] = 0) -> None:
        """Run a command line as people do, at full verbosity, and as a machine does."""
        self(*words, "--verbose", stdin=stdin, code=code)
        self(*words, "--verbose", "--json", stdin=stdin, code=code)

    def look_into_errors(self) -> None:
        """Search what every error of a command carries, before it is printed."""
        shown = Output.error

        def looking(output: Output, error: AirsideError) -> None:
            self.errors += 1
            found = self.canaries.found(told_by(error))
            self.leaks += [f"{type(error).__name__} {error.message[:80]!r}: {what}" for what in sorted(found)]
            shown(output, error)

        self.patch.setattr(Output, "error", looking)

    def edits_with(self, script: str) -> None:
        editor = self.outside / "editor"
        editor.write_text(f"#!/bin/sh\n{script}\n")
        editor.chmod(0o755)
        self.patch.setenv("EDITOR", f"'{editor}'")

    def saves(self, text: str | bytes) -> None:
        """Let the user's editor save `text`."""
        file = self.outside / "saved"
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        self.edits_with(f'cat "{file}" > "$1"')

    def in_clear(self, name: str, text: str) -> Path:
        """Return a file in clear that the user has."""
        file = self.outside / name
        file.write_text(text)
        return file

    def opened(self, name: str = "preprod") -> str:
        return decrypted(self.document(name).read_bytes(), self.me).decode()


def password(canaries: Canaries, name: str) -> str:
    return f"{canaries.new(name)}{SPECIAL}{canaries.new(f'the end of {name}')}"


def private_key(canaries: Canaries) -> str:
    lines = "".join(f"{canaries.new(f'line {i} of a key')}{canaries.new(f'its end {i}')}\n" for i in range(3))
    return (
        f"-----BEGIN PRIVATE KEY-----\n{lines}{canaries.new('the last line of a key')}==\n-----END PRIVATE KEY-----\n"
    )


def address(canaries: Canaries) -> str:
    user, secret, host, key = (canaries.new(f"{part} of a URI") for part in ("login", "password", "host", "extra"))
    return f"postgres://{user}:{quote(secret + SPECIAL, safe='')}@{host}.example.com:5432/db?token={key}"


def text_of_document(canaries: Canaries) -> str:
    """Return a document of every kind of secret; JSON is YAML."""
    fields = {part: canaries.new(part) for part in ("login", "schema", "description")}
    extra = {"deep": {"token": canaries.new("a token in extra"), "list": [canaries.new("in a list of extra")]}}
    host = f"{canaries.new('host')}.example.com"
    dwh = {"conn_type": "postgres", "host": host, **fields, "password": password(canaries, "password"), "extra": extra}
    variables = {
        "api": {"token": canaries.new("in the JSON of a variable"), "limit": 3},
        "key": private_key(canaries),
        "region": canaries.new("a variable that a DAG file reads"),
    }
    return json.dumps({"connections": {"dwh": dwh, "lake": address(canaries)}, "variables": variables}, indent=1)


def without_sops(house: House) -> None:
    """Let there be no program `sops`, neither beside Python nor on `PATH`."""
    house.patch.setattr(sys, "executable", "/nonexistent/python")
    house.patch.setenv("PATH", "/usr/bin:/bin")
