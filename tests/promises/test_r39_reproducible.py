"""R39: releases of one commit are the same bytes, whoever makes them, where and when."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from folders import FILES, SETTINGS, Folder

PROGRAM = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
os.umask(int(sys.argv[3], 8))
from airside.delivery.publish import publish
from airside.release.record import Builder, Record, Requirements
from airside.release.tree import Tree
from airside.store.folder import FolderStore
from airside.workspace.source import read_source
from airside.workspace.workspace import open_workspace
workspace = open_workspace(Path(sys.argv[1]))
snapshot = read_source(workspace, allow_dirty=False)
record = Record(workspace=workspace.name, tree=Tree.of_sources(snapshot.files).digest,
    created_at="2026-11-21T04:30:00Z", source=snapshot.source, builder=Builder(version="1"), workflows=(), checks=(),
    requirements=Requirements(airflow="3"))
publish(FolderStore(Path(sys.argv[2])), snapshot.files, record)
"""


def objects(store: Path) -> dict[str, str]:
    files = [path for path in store.rglob("*") if path.is_file() and "/." not in path.as_posix()]
    return {path.relative_to(store).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture
def origin(tmp_path: Path) -> Folder:
    files = {**FILES, "lib/größe.sql": "select 'größe'\n", "lib/Z.py": "z = 1\n", "lib/a.py": "a = 1\n"}
    folder = Folder(tmp_path / "origin", SETTINGS, files)
    folder.write("lib/run.sh", "#!/bin/sh\n")
    (folder.root / "lib/run.sh").chmod(0o755)
    folder.commit()
    return folder


def build(origin: Folder, place: Path, umask: str, mtime: int, **variables: str) -> dict[str, str]:
    clone = place / "clone"
    subprocess.run(["git", "clone", "--quiet", origin.root, clone], check=True)
    subprocess.run(["git", "remote", "set-url", "origin", "https://example.com/flows.git"], cwd=clone, check=True)
    for path in clone.rglob("*.py"):
        os.utime(path, (mtime, mtime))
    environ = {"PATH": os.environ["PATH"], "HOME": str(place), "PYTHONPATH": os.pathsep.join(sys.path), **variables}  # noqa: TID251
    subprocess.run(
        [sys.executable, "-c", PROGRAM, clone, place / "store", umask], check=True, env=environ, cwd=place.parent
    )
    return objects(place / "store")


def test_two_clones_on_two_machines_make_the_same_objects(origin: Folder, tmp_path: Path) -> None:
    first = build(origin, tmp_path / "one place", "022", 1, LC_ALL="C", TZ="UTC", PYTHONHASHSEED="1")
    other = build(origin, tmp_path / "ä", "077", 2_000_000_000, LC_ALL="C.UTF-8", TZ="Asia/Tokyo", PYTHONHASHSEED="2")
    assert {key.split("/")[0] for key in first} == {"packs", "trees", "releases"}
    assert first == other
