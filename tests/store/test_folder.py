import errno
import os
import signal
import subprocess
import sys
import textwrap
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from listing import keys_of

from airside.base.errors import IntegrityError, StoreUnavailableError
from airside.store.folder import FolderStore
from airside.store.port import Found


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "store")


def test_reading_makes_no_folder(store: FolderStore, tmp_path: Path) -> None:
    assert store.read("a", limit=1) is None
    assert keys_of(store, "") == []
    store.delete("a")
    assert list(tmp_path.iterdir()) == []


def test_a_leftover_temporary_file_is_no_object(store: FolderStore, tmp_path: Path) -> None:
    store.create("packs/a", b"whole")
    (tmp_path / "store/packs/.b.0123.tmp").write_bytes(b"half")
    (tmp_path / "store/.locks").mkdir()
    (tmp_path / "store/.locks/a").touch()
    assert keys_of(store, "") == ["packs/a"]
    assert keys_of(store, "packs/") == ["packs/a"]


def test_no_temporary_file_stays(store: FolderStore, tmp_path: Path) -> None:
    store.create("a", b"1")
    store.create("a", b"2")
    found = store.read("a", limit=9)
    assert isinstance(found, Found)
    store.replace("a", b"3", found.revision)
    store.replace("a", b"4", found.revision)
    assert [path.name for path in (tmp_path / "store").iterdir() if path.is_file()] == ["a"]


def test_a_link_that_leads_out_of_the_root_is_not_followed(store: FolderStore, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "production.json").write_bytes(b"planted")
    store.create("a", b"")
    (tmp_path / "store/environments").symlink_to(outside)
    (tmp_path / "store/production.json").symlink_to(outside / "production.json")
    for key in ("environments/production.json", "production.json"):
        with pytest.raises(IntegrityError, match="symbolic link"):
            store.read(key, limit=99)
        with pytest.raises(IntegrityError, match="symbolic link"):
            store.create(key, b"")
        with pytest.raises(IntegrityError, match="symbolic link"):
            store.delete(key)
    assert keys_of(store, "") == ["a"]
    assert (outside / "production.json").read_bytes() == b"planted"


def test_the_root_itself_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    assert FolderStore(tmp_path / "link").create("a/b", b"x")
    assert keys_of(FolderStore(tmp_path / "real"), "") == ["a/b"]


def test_reading_takes_no_more_memory_than_the_object(store: FolderStore) -> None:
    store.create("a", b"x" * 1000)
    tracemalloc.start()
    try:
        store.read("a", limit=64 << 20)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_a_named_pipe_does_not_hang_the_reader(store: FolderStore, tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    os.mkfifo(tmp_path / "store/a")
    with pytest.raises(IntegrityError, match="is not a file"):
        store.read("a", limit=1)


def test_a_file_in_place_of_the_root_is_named(tmp_path: Path) -> None:
    (tmp_path / "store").write_bytes(b"")
    store = FolderStore(tmp_path / "store")
    with pytest.raises(StoreUnavailableError, match=f"{tmp_path}/store cannot be used"):
        store.create("a", b"")
    with pytest.raises(StoreUnavailableError, match=f"{tmp_path}/store cannot be used"):
        store.read("a/b", limit=1)


def test_an_object_in_place_of_a_folder_is_unavailable(store: FolderStore) -> None:
    store.create("a", b"")
    with pytest.raises(StoreUnavailableError):
        store.create("a/b", b"")


@pytest.mark.parametrize("code", [errno.EPERM, errno.ENOTSUP])
def test_create_is_exclusive_without_hard_links(store: FolderStore, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def link(*_: object) -> None:
        raise OSError(code, "no hard links here")

    monkeypatch.setattr(os, "link", link)
    assert store.create("a", b"first")
    assert not store.create("a", b"second")
    found = store.read("a", limit=99)
    assert isinstance(found, Found)
    assert found.data == b"first"
    assert keys_of(store, "") == ["a"]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (errno.ENOSPC, "No space left"),
        (errno.EACCES, "is denied"),
        (errno.EROFS, "is denied"),
        (errno.EIO, "cannot be"),
    ],
)
def test_a_failing_disk_is_named_and_leaves_the_old_state(
    store: FolderStore, monkeypatch: pytest.MonkeyPatch, code: int, message: str
) -> None:
    store.create("a", b"old")
    found = store.read("a", limit=99)
    assert isinstance(found, Found)

    def fsync(_: int) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", fsync)
        with pytest.raises(StoreUnavailableError, match=message):
            store.replace("a", b"new", found.revision)
        with pytest.raises(StoreUnavailableError, match=message):
            store.create("b", b"new")
    assert store.read("a", limit=99) == found
    assert store.read("b", limit=99) is None
    assert keys_of(store, "") == ["a"]


def test_a_write_that_the_system_cuts_short_leaves_nothing(tmp_path: Path) -> None:
    script = """
        import resource, signal, sys
        from pathlib import Path
        from airside.base.errors import StoreUnavailableError
        from airside.store.folder import FolderStore
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        store = FolderStore(Path(sys.argv[1]))
        try:
            store.create("a", b"x" * 5000)
        except StoreUnavailableError as error:
            assert store.read("a", limit=9999) is None
            assert store.create("b", b"x")
            print(error.message)
    """
    answer = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert "cannot be used: File too large" in answer.stdout


@pytest.fixture
def denied(tmp_path: Path) -> Iterator[Path]:
    """A folder that nobody may write to; root, who may, acts as an ordinary account meanwhile."""
    user = os.geteuid()
    tmp_path.chmod(0o555)
    os.seteuid(user or 65534)
    yield tmp_path
    os.seteuid(user)
    tmp_path.chmod(0o755)


def test_a_denied_folder_is_named(denied: Path) -> None:
    with pytest.raises(StoreUnavailableError, match="is denied"):
        FolderStore(denied / "store").create("a", b"")


def test_writers_killed_at_any_moment_leave_whole_objects(tmp_path: Path) -> None:
    script = """
        import sys
        from pathlib import Path
        from airside.store.folder import FolderStore
        store = FolderStore(Path(sys.argv[1]))
        print("ready", flush=True)
        for number in range(100_000):
            store.create(f"packs/{sys.argv[2]}-{number}", b"x" * 50_000)
            found = store.read("pointer", limit=99_999)
            if found is None:
                store.create("pointer", b"y" * 50_000)
            else:
                store.replace("pointer", bytes([number % 256]) * 50_000, found.revision)
    """
    store = FolderStore(tmp_path / "store")
    for turn in range(8):
        child = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(script), str(tmp_path / "store"), str(turn)], stdout=subprocess.PIPE
        )
        assert child.stdout
        with child.stdout:
            child.stdout.readline()
            time.sleep(0.01 + turn * 0.007)
            child.send_signal(signal.SIGKILL)
            child.wait()
        for key in keys_of(store, ""):
            found = store.read(key, limit=99_999)
            assert isinstance(found, Found)
            assert len(found.data) == 50_000
            assert len(set(found.data)) == 1
        pointer = store.read("pointer", limit=99_999)
        if isinstance(pointer, Found):  # its lock died with its holder
            assert store.replace("pointer", b"z" * 50_000, pointer.revision)
