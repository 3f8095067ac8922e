import pytest

from airside.base.errors import StoreUnavailableError
from airside.conformance.faults import Crash, Killed, Quota, Slow
from airside.conformance.tampering import BitFlip
from airside.store.opening import open_store
from airside.store.port import Found, Store


@pytest.fixture
def memory(request: pytest.FixtureRequest) -> Store:
    return open_store(f"memory://{request.node.name}", {})


def test_a_dead_process_asks_for_nothing_more(memory: Store) -> None:
    crash = Crash(memory, at=1)
    assert crash.create("a", b"1")
    for _ in range(2):
        with pytest.raises(Killed):
            crash.create("b", b"2")
    assert crash.calls == ["create a", "create b"]
    assert memory.read("b", limit=9) is None


def test_a_crash_after_a_call_has_made_it(memory: Store) -> None:
    with pytest.raises(Killed):
        Crash(memory, at=0, after=True).create("a", b"1")
    assert memory.read("a", limit=9)


def test_a_full_store_takes_what_fits_and_no_more(memory: Store) -> None:
    full = Quota(memory, room=5)
    assert full.create("a", b"123")
    with pytest.raises(StoreUnavailableError, match="No space left for b"):
        full.create("b", b"456")
    assert full.create("c", b"78")


def test_a_slow_store_is_slow_where_it_is_asked_to_be(memory: Store) -> None:
    waited: list[float] = []
    slow = Slow(memory, prefix="packs/", seconds=30, pause=waited.append)
    slow.create("packs/a", b"")
    slow.create("trees/a", b"")
    assert waited == [30]


def test_a_flipped_bit_is_one_bit(memory: Store) -> None:
    memory.create("a", b"\x00\x00")
    flips = []
    for bit in range(16):
        found = BitFlip(memory, bit=bit).read("a", limit=2)
        assert isinstance(found, Found)
        flips.append(int.from_bytes(found.data, "little"))
    assert flips == [1 << bit for bit in range(16)]
