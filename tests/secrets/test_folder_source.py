"""Secrets of a working tree: layered, read again when a file changes, and never an old answer for a broken file."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sealed import Identity, seal, seal_folder

from airside.base.errors import FindingsError, IntegrityError, UsageError
from airside.secrets.folder_source import FolderSource
from airside.secrets.identities import Keys

BASE = """\
connections:
  lake: {conn_type: s3, login: base, password: base}
  shared: s3://a:b@c
variables: {one: base, two: base, three: {from: vault, path: base}, four: {from: vault, path: base}}
"""
PREVIEW = """\
connections:
  lake: {conn_type: s3, login: preview}
variables: {two: [1, {a: b}], three: here, five: {from: vault, path: five}}
"""


@pytest.fixture
def folder(tmp_path: Path, identity: Identity) -> Path:
    return seal_folder(tmp_path / "secrets", {"base": BASE, "preview--x": PREVIEW}, identity)


def test_an_entry_of_the_environment_replaces_that_of_base_as_a_whole(folder: Path, keys: Keys) -> None:
    secrets = FolderSource(folder, "preview/x", keys).read()
    lake = secrets.connection("lake")
    assert lake is not None
    assert (lake.login, lake.password) == ("preview", None)
    assert secrets.connections["shared"].uri == "s3://a:b@c"
    assert dict(secrets.variables) == {"one": "base", "two": '[1, {"a": "b"}]', "three": "here"}
    assert dict(secrets.vault_variables) == {"four": "base", "five": "five"}
    assert secrets.connection("unknown") is None
    assert secrets.variable("unknown") is None
    assert dict(FolderSource(folder, "other", keys).read().variables) == {"one": "base", "two": "base"}


def test_without_documents_there_are_no_secrets(tmp_path: Path, keys: Keys) -> None:
    secrets = FolderSource(tmp_path / "nowhere", "dev", keys).read()
    assert (dict(secrets.connections), dict(secrets.variables), secrets.version) == ({}, {}, "")


def test_a_changed_file_is_read_again_and_an_unchanged_one_is_not(folder: Path, identity: Identity, keys: Keys) -> None:
    source = FolderSource(folder, "dev", keys)
    first = source.read()
    assert source.read() is first
    (folder / "dev.yaml").write_bytes(seal("variables: {one: new}", identity))
    second = source.read()
    assert (second.variable("one"), second.variable("two")) == ("new", "base")
    assert second.version != first.version
    (folder / "dev.yaml").unlink()
    assert source.read() == first


def test_a_broken_file_is_an_error_until_it_is_whole_again(folder: Path, keys: Keys) -> None:
    source = FolderSource(folder, "preview/x", keys)
    first = source.read()
    path = folder / "preview--x.yaml"
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"three", b"threw"))
    for _ in range(2):
        with pytest.raises(IntegrityError, match=r"^secrets/preview--x\.yaml: variables\.threw was changed"):
            source.read()
    path.write_bytes(whole)
    assert source.read() == first


def test_a_document_of_another_shape_is_told_by_name(folder: Path, identity: Identity, keys: Keys) -> None:
    (folder / "dev.yaml").write_bytes(seal("connections: {a: {host: hunter2}}", identity))
    with pytest.raises(FindingsError, match=r"secrets/dev\.yaml: connections\.a\.conn_type: expected text") as refused:
        FolderSource(folder, "dev", keys).read()
    assert "hunter2" not in str(refused.value)


def test_a_file_that_cannot_be_read_is_an_error(folder: Path, keys: Keys) -> None:
    (folder / "dev.yaml").mkdir()
    with pytest.raises(UsageError, match=r"dev\.yaml cannot be read"):
        FolderSource(folder, "dev", keys).read()


def test_threads_and_forks_share_a_source(folder: Path, keys: Keys) -> None:
    source = FolderSource(folder, "dev", keys)
    with ThreadPoolExecutor(8) as pool:
        assert {secrets.variable("one") for secrets in pool.map(lambda _: source.read(), range(64))} == {"base"}
    child = os.fork()
    if child == 0:
        os._exit(0 if source.read().variable("one") == "base" else 1)
    assert os.waitpid(child, 0)[1] == 0


def test_a_known_name_is_looked_up_in_microseconds(folder: Path, keys: Keys) -> None:
    source = FolderSource(folder, "dev", keys)
    source.read()
    rounds = []
    for _ in range(20):
        began = time.perf_counter()
        for _ in range(50):
            source.read().variable("one")
        rounds.append((time.perf_counter() - began) / 50)
    assert min(rounds) < 50e-6


def test_a_thousand_names_are_there_in_a_fraction_of_a_second(tmp_path: Path, identity: Identity, keys: Keys) -> None:
    connection = "{conn_type: postgres, host: db.example.com, login: me, password: x, port: 5432, extra: {a: b}}"
    lines = ["connections:", *(f"  c{n}: {connection}" for n in range(500))]
    lines += ["variables:", *(f"  v{n}: text {n}" for n in range(500))]
    folder = seal_folder(tmp_path / "secrets", {"dev": "\n".join(lines)}, identity)
    rounds = []
    for _ in range(5):
        began = time.perf_counter()
        secrets = FolderSource(folder, "dev", keys).read()
        rounds.append(time.perf_counter() - began)
    assert (len(secrets.connections), len(secrets.variables)) == (500, 500)
    assert min(rounds) < 0.3  # 0.035 on an idle machine
