import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from airside.base.errors import FindingsError, UsageError
from airside.secrets.document import parse_document
from airside.secrets.keys import ensure_key, key_file
from airside.secrets.sops import Sops, find_sops

Editing = Callable[[bytes], Sops]

DOCUMENT = b"""\
connections:
    warehouse:
        conn_type: postgres
        host: db.example.com
        port: 5432
        password: hunter2-in-the-clear
        extra: {sslmode: require, timeout: 5}
variables:
    day: "2026-01-31"
    limits: {orders: 3}
"""


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return key_file(tmp_path / "config")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "workspace" / "secrets" / "dev.yaml"


@pytest.fixture
def editing(tmp_path: Path, keys: Path, path: Path) -> Editing:
    """Make a real sops whose editor replaces the text by the given one."""
    path.parent.parent.mkdir()

    def make(text: bytes) -> Sops:
        (tmp_path / "text").write_bytes(text)
        editor = tmp_path / "editor"
        editor.write_text(f'#!/bin/sh\ncat "{tmp_path}/text" > "$1"\n')
        editor.chmod(0o755)
        public = ensure_key(keys)
        environment = {
            "PATH": os.defpath,
            "HOME": str(tmp_path),
            "SOPS_AGE_KEY_FILE": str(keys),
            "SOPS_DISABLE_VERSION_CHECK": "1",
            "EDITOR": str(editor),
        }
        return Sops(find_sops(Path(sys.executable).parent, None), environment, public)

    return make


def test_what_was_edited_is_read_back_and_nothing_of_it_is_in_the_file(path: Path, editing: Editing) -> None:
    sops = editing(DOCUMENT)
    sops.create(path)
    assert sops.edit(path)
    document = sops.read(path)
    assert document.names == ("connections.warehouse", "variables.day", "variables.limits")
    (connection,) = document.connections
    assert connection == {
        "connection_id": "warehouse",
        "description": None,
        "login": None,
        "schema": None,
        "conn_type": "postgres",
        "host": "db.example.com",
        "port": 5432,
        "password": "hunter2-in-the-clear",
        "extra": '{"sslmode": "require", "timeout": 5}',
    }
    assert document.variables == {"day": "2026-01-31", "limits": '{"orders": 3}'}
    encrypted = path.read_text()
    for value in ("hunter2", "db.example.com", "2026-01-31", "require"):
        assert value not in encrypted
    assert "warehouse" in encrypted
    assert list(path.parent.iterdir()) == [path]


def test_an_editor_that_changes_nothing_leaves_the_bytes(path: Path, editing: Editing) -> None:
    sops = editing(DOCUMENT)
    sops.create(path)
    sops.edit(path)
    before = path.read_bytes()
    assert not Sops(sops.program, {**sops.environment, "EDITOR": "true"}, sops.public_key).edit(path)
    assert path.read_bytes() == before


def test_a_new_document_is_an_example_of_the_right_shape(path: Path, editing: Editing) -> None:
    sops = editing(b"")
    sops.create(path)
    assert sops.read(path).names == ("connections.example_api", "variables.example")


def test_a_team_encrypts_for_the_keys_of_its_rules(tmp_path: Path, path: Path, editing: Editing) -> None:
    sops = editing(DOCUMENT)
    other = ensure_key(tmp_path / "other" / "keys.txt")
    rules = {"creation_rules": [{"path_regex": r"secrets/.*\.yaml$", "age": f"{sops.public_key},{other}"}]}
    (path.parent.parent / ".sops.yaml").write_text(yaml.safe_dump(rules))
    sops.create(path)
    colleague = Sops(sops.program, {**sops.environment, "SOPS_AGE_KEY_FILE": str(tmp_path / "other/keys.txt")}, other)
    assert colleague.read(path) == sops.read(path)


def test_another_key_cannot_decrypt_and_is_told_what_to_do(tmp_path: Path, path: Path, editing: Editing) -> None:
    sops = editing(DOCUMENT)
    sops.create(path)
    other = ensure_key(tmp_path / "other" / "keys.txt")
    stranger = Sops(sops.program, {**sops.environment, "SOPS_AGE_KEY_FILE": str(tmp_path / "other/keys.txt")}, other)
    with pytest.raises(UsageError, match="Your key cannot decrypt") as refused:
        stranger.read(path)
    assert other in (refused.value.hint or "")


def test_a_file_that_was_tampered_with_is_refused(path: Path, editing: Editing) -> None:
    sops = editing(DOCUMENT)
    sops.create(path)
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "login:" not in line))
    with pytest.raises(FindingsError, match="checksum does not hold"):
        sops.read(path)


def test_a_missing_file_is_named(path: Path, editing: Editing) -> None:
    with pytest.raises(UsageError, match=r"There is no file .*dev\.yaml"):
        editing(b"").read(path)


def test_without_sops_the_way_to_install_it_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not installed") as refused:
        find_sops(tmp_path, str(tmp_path))
    assert "airside[sops]" in (refused.value.hint or "")


def test_a_key_is_made_once_and_for_its_owner_only(keys: Path) -> None:
    public = ensure_key(keys)
    assert public.startswith("age1")
    assert ensure_key(keys) == public
    assert keys.stat().st_mode & 0o777 == 0o600
    assert keys.parent.stat().st_mode & 0o777 == 0o700


def test_a_key_that_others_can_read_is_refused(keys: Path) -> None:
    ensure_key(keys)
    keys.chmod(0o644)
    with pytest.raises(UsageError, match="open to other users") as refused:
        ensure_key(keys)
    assert refused.value.hint == f"chmod 600 {keys}"


def test_a_broken_key_file_is_never_replaced_or_shown(keys: Path) -> None:
    ensure_key(keys)
    keys.write_text("AGE-SECRET-KEY-1BROKEN\n")
    with pytest.raises(UsageError, match="holds no age key") as refused:
        ensure_key(keys)
    assert "1BROKEN" not in str(refused.value)
    assert keys.read_text() == "AGE-SECRET-KEY-1BROKEN\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"conections: {}", "unknown key 'conections'"),
        (b"- hunter2", "expected the keys connections and variables"),
        (b"connections: [hunter2]", "connections: expected a mapping of names"),
        (b"connections: {db: postgres://a:hunter2@x}", "connections.db: expected fields (conn_type"),
        (b"connections: {db: {conn_typ: hunter2}}", "connections.db: unknown field 'conn_typ'"),
        (b"connections: {db: {conn_type: x, port: 'hunter2'}}", "connections.db.port: expected a whole number"),
        (b"connections: {1: {conn_type: x}}", "a name is not text"),
        (b"variables: {x: }", "variables.x: has no value"),
        (b"variables: {x: 'hunter2", "is not valid YAML"),
        (b"variables: {x: !!python/object:hunter2 {}}", "is not valid YAML"),
    ],
)
def test_a_wrong_shape_is_named_without_a_value(text: bytes, said: str) -> None:
    with pytest.raises(FindingsError) as found:
        parse_document(text, what="dev.yaml")
    assert said in found.value.message
    assert "hunter2" not in repr(found.getrepr(chain=True).reprcrash)
    assert "hunter2" not in found.value.message
    assert found.value.__cause__ is None
    assert found.value.__suppress_context__ or found.value.__context__ is None


def test_the_text_of_a_document_object_shows_names_only() -> None:
    document = parse_document(DOCUMENT, what="dev.yaml")
    assert "hunter2" not in repr(document)
    assert "connections.warehouse" in repr(document)


def test_a_date_stays_the_text_that_was_written() -> None:
    assert parse_document(b"variables: {day: 2026-01-31}", what="dev.yaml").variables == {"day": "2026-01-31"}


@pytest.mark.parametrize("text", [b"connections:\nvariables:\n", b"{}"])
def test_an_empty_document_is_fine(text: bytes) -> None:
    assert parse_document(text, what="dev.yaml").names == ()


def test_the_real_program_is_the_one_tested() -> None:
    program = find_sops(Path(sys.executable).parent, shutil.which("sops"))
    environment = {"SOPS_DISABLE_VERSION_CHECK": "1", "PATH": os.defpath}
    done = subprocess.run([program, "--version"], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("sops 3.")
