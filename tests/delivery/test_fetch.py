import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest
import trees
from shipping import record_of, sources

from airside.base.errors import IntegrityError
from airside.conformance.faults import Verb, Wrapped
from airside.delivery.environments import read_manifest
from airside.delivery.fetch import fetch_files
from airside.delivery.publish import publish
from airside.release.keys import pack_key
from airside.release.manifest import Manifest
from airside.release.pack import build_pack
from airside.release.tree import Tree
from airside.store.folder import FolderStore
from airside.store.port import Found, Revision, Unchanged

T = TypeVar("T")
FILES = {f"dags/workflow_{number}.py": f"x = {number}\n" * 20 for number in range(12)}


def in_packs(store: FolderStore, count: int) -> Manifest:
    """Put FILES into `count` packs of the store."""
    files = sources(FILES)
    packs = [build_pack(files[number::count]) for number in range(count)]
    for pack in packs:
        store.create(pack_key(pack.digest), pack.data)
    return Manifest.for_tree(Tree.of_sources(files), *packs)


def fetched(store: Wrapped | FolderStore, manifest: Manifest, *paths: str) -> dict[str, str]:
    wanted = [file for file in manifest.files if file.path in paths] if paths else None
    return {found.file.path: bytes(found.content).decode() for found in fetch_files(store, manifest, wanted)}


@pytest.mark.parametrize("count", [1, 2, 7])
def test_every_file_arrives_from_whatever_pack(store: FolderStore, count: int) -> None:
    assert fetched(store, in_packs(store, count)) == FILES


def test_only_packs_with_wanted_contents_are_read(store: FolderStore) -> None:
    manifest = in_packs(store, 4)
    traced = Wrapped(store)
    assert set(fetched(traced, manifest, "dags/workflow_1.py", "dags/workflow_5.py")) == {
        "dags/workflow_1.py",
        "dags/workflow_5.py",
    }
    assert traced.calls == [f"read {pack_key(manifest.packs[1].digest)}"]


def test_an_empty_file_costs_no_request(store: FolderStore) -> None:
    files = {"dags/__init__.py": "", "dags/a.py": "a = 1\n"}
    publish(store, sources(files), record_of(files))
    traced = Wrapped(store)
    assert fetched(traced, read_manifest(store, record_of(files).tree), "dags/__init__.py") == {"dags/__init__.py": ""}
    assert traced.calls == []


def test_packs_are_read_side_by_side_and_few_are_held_at_once(store: FolderStore) -> None:
    manifest = in_packs(store, 12)

    class Counting(Wrapped):
        now = most = 0
        lock = threading.Lock()

        def intercept(self, verb: Verb, key: str, call: Callable[[], T]) -> T:
            with self.lock:
                self.now += 1
                self.most = max(self.most, self.now)
            time.sleep(0.02)
            answer = super().intercept(verb, key, call)
            with self.lock:
                self.now -= 1
            return answer

    counting = Counting(store)
    coming = fetch_files(counting, manifest)
    next(coming)
    time.sleep(0.15)
    assert len(counting.calls) == 3, "nobody reads ahead of a slow writer"
    assert len(list(coming)) == len(FILES) - 1
    assert counting.most == 3


@dataclass
class Harming(Wrapped):
    """Gives other bytes than it has for one object."""

    key: str = ""
    harmed: bytes = b""

    def read(self, key: str, *, limit: int, unless: Revision | None = None) -> Found | Unchanged | None:
        found = self.inner.read(key, limit=limit, unless=unless)
        return replace(found, data=self.harmed) if key == self.key and isinstance(found, Found) else found


def packed(store: FolderStore, manifest: Manifest, index: int) -> bytes:
    found = store.read(pack_key(manifest.packs[index].digest), limit=10**6)
    assert isinstance(found, Found)
    return found.data


def test_every_flipped_bit_of_a_pack_is_noticed_before_a_file_is_handed_on(store: FolderStore) -> None:
    manifest = in_packs(store, 4)
    key = pack_key(manifest.packs[2].digest)
    harming = Harming(store, key=key)
    for flipped in trees.flips(packed(store, manifest, 2)):
        harming.harmed = flipped
        with pytest.raises(IntegrityError):
            fetched(harming, manifest, "dags/workflow_2.py")


@pytest.mark.parametrize(
    "harm", [lambda data: data[:-1], lambda data: data + b"x", lambda _: b"", lambda data: data * 2]
)
def test_a_pack_of_another_length_is_refused(store: FolderStore, harm: Callable[[bytes], bytes]) -> None:
    manifest = in_packs(store, 1)
    with pytest.raises(IntegrityError, match="bytes"):
        fetched(
            Harming(store, key=pack_key(manifest.packs[0].digest), harmed=harm(packed(store, manifest, 0))), manifest
        )


def test_a_pack_in_place_of_another_is_refused(store: FolderStore) -> None:
    manifest = in_packs(store, 2)
    swapped = Harming(store, key=pack_key(manifest.packs[0].digest), harmed=packed(store, manifest, 1))
    with pytest.raises(IntegrityError):
        fetched(swapped, manifest)


def test_a_content_at_a_wrong_place_is_refused(store: FolderStore) -> None:
    manifest = in_packs(store, 1)
    first, second, *rest = manifest.files
    swapped = (msgspec.structs.replace(first, offset=second.offset), second, *rest)
    with pytest.raises(IntegrityError, match=r"bytes of 'dags/workflow_0\.py'"):
        fetched(store, msgspec.structs.replace(manifest, files=swapped))


def test_a_missing_pack_is_named(store: FolderStore) -> None:
    manifest = in_packs(store, 2)
    store.delete(pack_key(manifest.packs[1].digest))
    with pytest.raises(IntegrityError, match=f"Pack {manifest.packs[1].digest} is missing"):
        fetched(store, manifest)


PUBLISH_AND_FETCH = """
import resource, sys
from pathlib import Path
from shipping import record_of
from airside.delivery.checkouts import Checkouts
from airside.delivery.publish import publish
from airside.release.source import SourceFile
from airside.release.tree import Tree
from airside.store.folder import FolderStore
from airside.store.port import Found, Revision, Unchanged
import dataclasses

store = FolderStore(Path(sys.argv[1]))
if sys.argv[2] == "publish":
    content = bytearray(6 * 1024 * 1024)
    files = []
    for number in range(50):
        content[:4] = number.to_bytes(4, "big")
        files.append(SourceFile(f"dags/data_{number:02}.bin", bytes(content)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    record = dataclasses.replace(record_of({}), tree=Tree.of_sources(files).digest)
    publish(store, files, record)
    print(record.tree, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
else:
    from airside.base.digest import Digest
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    Checkouts(Path(sys.argv[3])).materialise(store, Digest(sys.argv[2]))
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def test_memory_is_bounded_whatever_the_tree(tmp_path: Path) -> None:
    def run(*arguments: str | Path) -> list[str]:
        command = [sys.executable, "-c", PUBLISH_AND_FETCH, tmp_path / "store", *arguments]
        path = {"PYTHONPATH": ":".join(sys.path)}
        return subprocess.run(command, check=True, capture_output=True, text=True, env=path).stdout.split()

    tree, publishing = run("publish")
    (fetching,) = run(tree, tmp_path / "cache")
    assert int(publishing) < 80, "MiB beside the 300 of the files"
    assert int(fetching) < 280, "MiB: three packs of 64 and one that is written"
