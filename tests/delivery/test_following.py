import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from shipping import REQUEST, apply, deploy

from airside.base.errors import AirsideError, IntegrityError, PlatformError, StoreUnavailableError
from airside.conformance.faults import Down, Wrapped
from airside.delivery.following import Follower
from airside.delivery.moves import Request, propose_rollback
from airside.release.pointer import Pin
from airside.store.folder import FolderStore
from airside.store.port import Store

A = {"dags/orders.py": "from lib.sums import x\n", "lib/sums.py": "x = 'a'\n"}
B = {"dags/orders.py": "from lib.sums import x\n", "lib/sums.py": "x = 'b'\n"}
C = {"dags/orders.py": "from lib.sums import x\n", "lib/sums.py": "x = 'c'\n"}
PIN = Pin(by="ana", at="2026-11-21T04:30:00Z")

Follow = Callable[..., Follower]


@pytest.fixture
def follow(tmp_path: Path, store: FolderStore) -> Follow:
    """Make a follower, as each process on one machine does for itself."""

    def make(from_: Store = store, *, root: str = "cache") -> Follower:
        follower = Follower(tmp_path / root, "production", lambda: from_)
        follower.prepare()
        return follower

    return make


def text(follower: Follower, path: str = "lib/sums.py") -> str:
    return (follower.path / path).read_text()


def poll(follower: Follower) -> bool:
    return follower.poll(patience=None).flipped


def snapshot(store: FolderStore) -> Path:
    copy = Path(f"{store.location}.copy")
    shutil.copytree(store.location, copy)
    return copy


def restore(store: FolderStore, copy: Path) -> None:
    shutil.rmtree(store.location)
    shutil.copytree(copy, store.location)


def test_what_is_served_changes_at_a_path_that_stays(store: FolderStore, follow: Follow) -> None:
    follower = follow()
    assert not poll(follower)
    assert list(follower.path.iterdir()) == []
    deploy(store, A)
    assert poll(follower)
    path = follower.path
    assert text(follower) == A["lib/sums.py"]
    deploy(store, B, second=1)
    assert poll(follower)
    assert (follower.path, text(follower)) == (path, B["lib/sums.py"])
    assert not poll(follower)


def test_a_store_that_was_set_back_is_not_followed_also_after_a_restart(store: FolderStore, follow: Follow) -> None:
    deploy(store, A)
    old = snapshot(store)
    deploy(store, B, second=1)
    poll(follow())
    restore(store, old)
    restarted = follow()
    for _ in range(2):
        with pytest.raises(IntegrityError, match="went back from generation 2 to 1"):
            poll(restarted)
    assert text(restarted) == B["lib/sums.py"]


def test_a_rollback_is_followed_since_it_is_a_new_generation(store: FolderStore, follow: Follow) -> None:
    deploy(store, A)
    follower = follow()
    poll(follower)
    deploy(store, B, second=1)
    poll(follower)
    apply(store, propose_rollback(store, REQUEST, None, PIN))
    assert poll(follower)
    assert text(follower) == A["lib/sums.py"]


def test_a_store_that_lost_the_environment_is_not_followed(store: FolderStore, follow: Follow) -> None:
    deploy(store, A)
    poll(follow())
    shutil.rmtree(store.location)
    restarted = follow()
    with pytest.raises(IntegrityError, match="'production' has vanished"):
        poll(restarted)
    assert text(restarted) == A["lib/sums.py"]


def test_an_older_tree_never_replaces_a_newer_one_of_another_process(store: FolderStore, follow: Follow) -> None:
    deploy(store, A)
    slow, fast = follow(), follow()
    poll(slow)
    deploy(store, B, second=1)
    behind = slow._look()
    assert behind is not None
    manifest = slow.checkouts.materialise(store, behind.pointer.tree)
    deploy(store, C, second=2)
    poll(fast)
    assert not slow._flip(behind.pointer, manifest), "it was overtaken between its look and its flip"
    assert text(slow) == text(fast) == C["lib/sums.py"]


def test_a_broken_release_is_not_served_and_the_next_whole_one_is(store: FolderStore, follow: Follow) -> None:
    deploy(store, A)
    follower = follow()
    poll(follower)
    before = set(Path(store.location, "packs").iterdir())
    deploy(store, B, second=1)
    for pack in set(Path(store.location, "packs").iterdir()) - before:
        pack.write_bytes(b"x" * pack.stat().st_size)
    for _ in range(2):
        with pytest.raises(IntegrityError):
            poll(follower)
    assert text(follower) == A["lib/sums.py"]
    deploy(store, C, second=2)
    assert poll(follower)
    assert text(follower) == C["lib/sums.py"]


@pytest.mark.parametrize("harm", ["folder", "file", "mark", "link", "foreign"])
def test_what_somebody_removed_here_is_made_again(store: FolderStore, follow: Follow, harm: str) -> None:
    deploy(store, A)
    follower = follow()
    poll(follower)
    tree = follower.current
    assert tree is not None
    version = follower.checkouts.folder(tree)
    match harm:
        case "folder":
            shutil.rmtree(version)
        case "file":
            (version / "lib" / "sums.py").unlink()
        case "mark":
            shutil.rmtree(follower.root / ".state")
        case "link":
            follower.path.unlink()
        case _:
            shutil.rmtree(version)
            version.mkdir()
            (version / "foreign.py").touch()
    healed = follow()
    poll(healed)
    assert text(healed) == A["lib/sums.py"]
    assert not (healed.path / "foreign.py").exists()


def test_a_removed_folder_is_noticed_by_the_process_that_made_it(store: FolderStore, follow: Follow) -> None:
    deploy(store, A)
    follower = follow()
    poll(follower)
    assert follower.current is not None
    shutil.rmtree(follower.checkouts.folder(follower.current))
    poll(follower)
    assert text(follower) == A["lib/sums.py"]


def test_a_store_that_is_down_is_told_and_what_is_served_stays(store: FolderStore, follow: Follow) -> None:
    deploy(store, A)
    failing = Down(store, down=False)
    follower = follow(failing)
    poll(follower)
    failing.down = True
    with pytest.raises(StoreUnavailableError):
        poll(follower)
    assert text(follower) == A["lib/sums.py"]
    failing.down = False
    deploy(store, B, second=1)
    assert poll(follower)


def test_a_look_without_change_is_one_conditional_read(store: FolderStore, follow: Follow) -> None:
    deploy(store, A)
    traced = Wrapped(store)
    follower = follow(traced)
    poll(follower)
    traced.calls.clear()
    poll(follower)
    assert traced.calls == ["read environments/production.json"]


class Slow(Wrapped):
    """Lets a read of a pack wait for `go`."""

    go = threading.Event()

    def read(self, key: str, **options: object) -> object:  # type: ignore[override]
        if key.startswith("packs/"):
            self.go.wait(30)
        return super().read(key, **options)  # type: ignore[arg-type]


def test_a_slow_fetch_goes_on_in_the_background(store: FolderStore, follow: Follow) -> None:
    deploy(store, A)
    slow = Slow(store)
    slow.go = threading.Event()
    follower = follow(slow)
    assert not follower.poll(patience=0.01).flipped
    assert follower.current is None
    slow.go.set()
    assert follower.poll(patience=None).flipped
    assert sum(call.startswith("read packs/") for call in slow.calls) == 1, "fetched once"


def test_a_link_planted_in_place_of_the_folder_of_the_link_is_refused(
    store: FolderStore, follow: Follow, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "cache").mkdir(mode=0o700)
    (tmp_path / "cache" / "tracking").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PlatformError, match="tracking is not a folder"):
        follow()
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("umask", [0o000, 0o002, 0o077])
def test_what_is_followed_is_nobody_elses_to_write_whatever_the_umask(
    store: FolderStore, follow: Follow, umask: int
) -> None:
    """Airflow's own image runs with 002."""
    before = os.umask(umask)
    try:
        follower = follow()
        for number, files in enumerate((A, B)):
            deploy(store, files, second=number)
            poll(follow())
            follower.checkouts.prepare_spare(follower.current or pytest.fail("nothing is served"))
        poll(follow())
    finally:
        os.umask(before)
    assert text(follow()) == B["lib/sums.py"]
    writable = [path for path in follower.root.rglob("*") if not path.is_symlink() and path.stat().st_mode & 0o022]
    assert writable == []


def test_another_environments_pointer_is_refused(store: FolderStore, follow: Follow) -> None:
    deploy(store, A)
    deploy(store, B, second=1, request=Request("sales-flows", "preprod", "ana"))
    follower = follow()
    poll(follower)
    folder = Path(store.location, "environments")
    shutil.copy(folder / "preprod.json", folder / "production.json")
    with pytest.raises(AirsideError, match="The pointer of environment 'production' is that of 'preprod'"):
        poll(follower)
    assert text(follower) == A["lib/sums.py"]


def test_a_look_tells_when_the_store_confirmed_last(store: FolderStore, follow: Follow) -> None:
    follower = follow()
    confirmed = [follower.confirmed_at]
    deploy(store, A)
    for _ in range(2):
        poll(follower)
        confirmed.append(follower.confirmed_at)
    never, first, second = confirmed
    assert never is None
    assert first is not None
    assert second is not None
    assert second > first
