"""R12: a flipped bit, a cut, an addition or a swap in any object is noticed before a file becomes visible."""

from collections.abc import Callable
from pathlib import Path

import pytest
from listing import keys_of
from shipping import NOW, REQUEST
from verbs import A, B

from airside.base.errors import IntegrityError
from airside.conformance.faults import Wrapped
from airside.conformance.releases import Sample
from airside.conformance.tampering import BitFlip, Extend, Swap, Truncate
from airside.conformance.wholeness import require_whole
from airside.delivery.checkouts import Checkouts
from airside.delivery.descriptions import read_description
from airside.delivery.environments import read_record, require_current
from airside.delivery.verification.verify import Scope, verify
from airside.store.folder import FolderStore
from airside.store.port import Found, Store

KINDS = ["packs/", "trees/", "releases/"]
DESCRIBED = [*KINDS, "descriptions/"]


@pytest.fixture
def shipped(store: FolderStore) -> FolderStore:
    Sample.of(A, now=NOW).deploy(store, REQUEST, now=NOW)
    return store


def size(store: Store, prefix: str) -> int:
    (key,) = keys_of(store, prefix)
    found = store.read(key, limit=1 << 20)
    assert isinstance(found, Found)
    return len(found.data)


@pytest.mark.parametrize("prefix", KINDS)
def test_every_flipped_bit_is_noticed(shipped: FolderStore, prefix: str) -> None:
    bits = size(shipped, prefix) * 8
    # Every seventh: all eight positions of a byte come up, in a seventh of the time.
    for bit in range(0, bits, 7):
        tampering = BitFlip(shipped, prefix=prefix, bit=bit)
        with pytest.raises(IntegrityError):
            require_whole(tampering, ["production"])
        assert tampering.tampered


def test_no_flipped_bit_changes_what_a_description_says(shipped: FolderStore) -> None:
    """A few bits of a zstd frame say nothing of its content; what is unpacked is compared with the name."""
    current = require_current(shipped, "production")
    record = read_record(shipped, current.pointer.release)
    good, noticed = read_description(shipped, record), 0
    for bit in range(size(shipped, "descriptions/") * 8):
        try:
            assert read_description(BitFlip(shipped, prefix="descriptions/", bit=bit), record) == good
        except IntegrityError:
            noticed += 1
    assert noticed > size(shipped, "descriptions/") * 8 * 0.98


@pytest.mark.parametrize("prefix", DESCRIBED)
def test_every_cut_and_every_addition_is_noticed(shipped: FolderStore, prefix: str) -> None:
    for by in range(1, size(shipped, prefix) + 1):
        with pytest.raises(IntegrityError):
            require_whole(Truncate(shipped, prefix=prefix, by=by), ["production"])
    for more in (b"\0", b" x", b"\n{}", b"x" * 1000):
        with pytest.raises(IntegrityError):
            require_whole(Extend(shipped, prefix=prefix, more=more), ["production"])


@pytest.mark.parametrize("prefix", DESCRIBED)
def test_an_object_in_place_of_another_of_its_kind_is_noticed(shipped: FolderStore, prefix: str) -> None:
    (first,) = keys_of(shipped, prefix)
    Sample.of({**B, "dags/more.py": "m = 1\n"}, now=NOW).deploy(shipped, REQUEST, now=NOW)
    second = next(key for key in keys_of(shipped, prefix) if key != first)
    for one, other in ((first, second), (second, first)):
        with pytest.raises(IntegrityError):
            require_whole(Swap(shipped, keys={one: other}), ["production"])


@pytest.mark.parametrize("prefix", ["packs/", "trees/"])
@pytest.mark.parametrize(
    "fault",
    [lambda s, p: BitFlip(s, prefix=p, bit=333), lambda s, p: Truncate(s, prefix=p), lambda s, p: Extend(s, prefix=p)],
    ids=["flipped", "cut", "extended"],
)
def test_no_damaged_file_becomes_visible(
    shipped: FolderStore, tmp_path: Path, prefix: str, fault: Callable[[Store, str], Wrapped]
) -> None:
    checkouts, tree = Checkouts(tmp_path / "cache"), require_current(shipped, "production").pointer.tree
    with pytest.raises(IntegrityError):
        checkouts.materialise(fault(shipped, prefix), tree)
    assert not checkouts.folder(tree).exists()
    assert checkouts.manifest(tree) is None
    checkouts.materialise(shipped, tree)
    assert checkouts.manifest(tree)


@pytest.mark.parametrize("prefix", [*DESCRIBED, "history/", "environments/"])
def test_verify_is_not_broken(shipped: FolderStore, prefix: str) -> None:
    Sample.of(B, now=NOW).deploy(shipped, REQUEST, now=NOW)
    scope = Scope(everything=True, deep=True)
    assert verify(shipped, scope).faults == ()
    for fault in (BitFlip(shipped, prefix=prefix, bit=800), Truncate(shipped, prefix=prefix)):
        assert verify(fault, scope).faults, f"{type(fault).__name__} was not found"
