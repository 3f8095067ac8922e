import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from cached import leftovers, read_back, ship

from airside.base.errors import PlatformError
from airside.delivery.checkouts import Checkouts
from airside.store.folder import FolderStore

A = {"dags/orders.py": "a = 1\n", "lib/sums.py": "x = 1\n"}
NOBODY = 65534
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
@pytest.mark.parametrize("shared", [False, True])
def test_nobody_else_may_write_and_only_readers_of_a_shared_root_may_pass(
    store: FolderStore, tmp_path: Path, umask: int, shared: bool
) -> None:
    checkouts = Checkouts(tmp_path / "cache", shared=shared)
    before = os.umask(umask)
    try:
        tree = ship(store, A)
        checkouts.materialise(store, tree)
    finally:
        os.umask(before)
    passable = 0o711 if shared else 0o700
    inner = {path.name: mode(path) for path in checkouts.root.iterdir()}
    assert mode(checkouts.root) == passable
    assert inner == {"versions": 0o755, ".state": passable, ".staging": 0o700, ".locks": 0o700}
    assert mode(checkouts.folder(tree)) == 0o755


def test_a_root_that_airflow_made_is_closed(tmp_path: Path) -> None:
    root = tmp_path / "cache"
    root.mkdir(mode=0o755)
    root.chmod(0o755)
    Checkouts(root).require_private()
    assert mode(root) == 0o700


@pytest.mark.parametrize("bits", [0o020, 0o002, 0o022, 0o1002])
@pytest.mark.parametrize("name", ["", "versions", ".state", ".staging", ".locks"])
def test_a_root_that_others_may_write_to_is_refused(store: FolderStore, tmp_path: Path, name: str, bits: int) -> None:
    checkouts = Checkouts(tmp_path / "cache")
    checkouts.require_private()
    folder = checkouts.root / name
    folder.chmod(0o700 | bits)
    with pytest.raises(PlatformError, match="may be written by other accounts") as info:
        checkouts.materialise(store, ship(store, A))
    assert f"chmod go-w {folder}" in (info.value.hint or "")
    assert not checkouts.folder(ship(store, A)).exists()


def test_what_others_could_have_written_is_not_read_either(store: FolderStore, tmp_path: Path) -> None:
    checkouts = Checkouts(tmp_path / "cache")
    tree = ship(store, A)
    checkouts.materialise(store, tree)
    checkouts.root.chmod(0o777)
    with pytest.raises(PlatformError, match="may be written by other accounts"):
        checkouts.manifest(tree)


@pytest.mark.parametrize("name", ["", "versions", ".state", ".staging", ".locks"])
@pytest.mark.parametrize("kind", ["a link", "a link to nothing", "a file"])
def test_a_link_or_a_file_in_place_of_a_folder_is_refused(
    store: FolderStore, tmp_path: Path, name: str, kind: str
) -> None:
    elsewhere = tmp_path / "elsewhere"
    root = tmp_path / "cache"
    place = root / name if name else root
    place.parent.mkdir(mode=0o700, exist_ok=True)
    if kind == "a link":
        elsewhere.mkdir(mode=0o700)
    if kind == "a file":
        place.write_text("")
    else:
        place.symlink_to(elsewhere)
    with pytest.raises(PlatformError, match="is not a folder"):
        Checkouts(root).materialise(store, ship(store, A))
    assert kind != "a link" or list(elsewhere.iterdir()) == []
    assert kind == "a link" or not elsewhere.exists()


@as_root
@pytest.mark.parametrize("name", ["", "versions", ".state", ".staging", ".locks"])
def test_a_root_of_another_account_is_refused(store: FolderStore, tmp_path: Path, name: str) -> None:
    checkouts = Checkouts(tmp_path / "cache")
    checkouts.require_private()
    os.chown(checkouts.root / name, NOBODY, NOBODY)
    with pytest.raises(PlatformError, match=f"belongs to the account {NOBODY}, and this is {os.geteuid()}"):
        checkouts.materialise(store, ship(store, A))


READ = """
import os, sys
from pathlib import Path
from airside.base.digest import Digest
from airside.base.errors import PlatformError
from airside.delivery.checkouts import Checkouts
os.setgid(65534), os.setuid(65534)
checkouts = Checkouts(Path(sys.argv[1]), shared=sys.argv[3] == "shared")
try:
    manifest = checkouts.manifest(Digest(sys.argv[2]))
except PlatformError as error:
    print("refused")
else:
    print("whole" if manifest else "closed")
    for file in manifest.files if manifest else ():
        (checkouts.folder(manifest.digest) / file.path).read_bytes()
        assert os.access(checkouts.folder(manifest.digest), os.R_OK | os.X_OK)
"""


@pytest.fixture
def passable() -> Iterator[Path]:
    """A folder that other accounts may pass; those that pytest makes are closed."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        yield Path(folder)


@as_root
def test_another_account_reads_a_version_of_a_shared_root_and_of_no_other(store: FolderStore, passable: Path) -> None:
    tree = ship(store, A)
    answers = {}
    for made, asked in ((True, True), (True, False), (False, True)):
        checkouts = Checkouts(passable / f"cache {made} {asked}", shared=made)
        checkouts.materialise(store, tree)
        for folder in (checkouts.root, *checkouts.root.iterdir()):
            os.chown(folder, 1, 1)
        command = [sys.executable, "-c", READ, str(checkouts.root), tree, "shared" if asked else ""]
        answer = subprocess.run(command, check=True, capture_output=True, text=True, env={})
        answers[made, asked] = answer.stdout.strip()
    assert answers == {(True, True): "whole", (True, False): "refused", (False, True): "closed"}


def test_a_planted_link_at_a_version_is_neither_served_nor_written_through(store: FolderStore, tmp_path: Path) -> None:
    checkouts = Checkouts(tmp_path / "cache")
    tree = ship(store, A)
    checkouts.materialise(store, tree)
    elsewhere = tmp_path / "elsewhere"
    checkouts.folder(tree).rename(elsewhere)
    checkouts.folder(tree).symlink_to(elsewhere)
    assert checkouts.manifest(tree) is None
    checkouts.materialise(store, tree)
    assert not checkouts.folder(tree).is_symlink()
    assert read_back(checkouts.folder(tree)) == read_back(elsewhere) == A
    assert leftovers(checkouts.root) == []


def test_a_planted_link_inside_of_a_version_is_not_served(store: FolderStore, tmp_path: Path) -> None:
    checkouts = Checkouts(tmp_path / "cache")
    tree = ship(store, A)
    checkouts.materialise(store, tree)
    (checkouts.folder(tree) / "lib").rename(tmp_path / "elsewhere")
    (checkouts.folder(tree) / "lib").symlink_to(tmp_path / "elsewhere")
    assert checkouts.manifest(tree) is None


def test_a_planted_link_at_a_mark_is_neither_read_nor_written_through(store: FolderStore, tmp_path: Path) -> None:
    checkouts = Checkouts(tmp_path / "cache")
    tree = ship(store, A)
    checkouts.materialise(store, tree)
    mark, elsewhere = checkouts.root / ".state" / f"{tree}.json", tmp_path / "elsewhere"
    mark.rename(elsewhere)
    mark.symlink_to(elsewhere)
    before = elsewhere.read_bytes()
    assert checkouts.manifest(tree) is None
    elsewhere.write_bytes(b"kept")
    checkouts.materialise(store, tree)
    assert elsewhere.read_bytes() == b"kept"
    assert not mark.is_symlink()
    assert mark.read_bytes() == before


def test_a_planted_link_at_a_lock_is_refused(store: FolderStore, tmp_path: Path) -> None:
    checkouts = Checkouts(tmp_path / "cache")
    checkouts.require_private()
    tree = ship(store, A)
    (checkouts.root / ".locks" / tree).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PlatformError, match="is a link"):
        checkouts.materialise(store, tree)
    assert not (tmp_path / "elsewhere").exists()


def test_planted_links_among_what_was_left_are_removed_and_not_followed(store: FolderStore, tmp_path: Path) -> None:
    checkouts = Checkouts(tmp_path / "cache")
    checkouts.require_private()
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").write_text("kept")
    (checkouts.root / ".staging" / "planted").symlink_to(elsewhere)
    (checkouts.root / ".staging" / "left").mkdir()
    (checkouts.root / ".staging" / "left" / "planted").symlink_to(elsewhere)
    (checkouts.root / ".staging" / "a file").write_text("")
    checkouts.materialise(store, ship(store, A))
    assert leftovers(checkouts.root) == []
    assert (elsewhere / "precious").read_text() == "kept"


def test_a_root_that_cannot_be_made_is_an_error_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(PlatformError, match="Cannot write below"):
        Checkouts(tmp_path / "file" / "cache").require_private()
