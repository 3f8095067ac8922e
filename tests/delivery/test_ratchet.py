import multiprocessing
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airside.base.digest import Digest
from airside.base.errors import AirsideError, IntegrityError, UsageError
from airside.delivery.ratchet import FARTHEST_LEAP, Ratchet
from airside.release.pointer import Pointer, Previous

RELEASE = "20261121-043000-0123abcd"


def pointer(generation: int, *, nonce: int | None = None, environment: str = "production") -> Pointer:
    tree = Digest.of(b"tree")
    return Pointer(
        environment=environment,
        workspace="sales-flows",
        generation=generation,
        op_id=f"{generation if nonce is None else nonce:032x}",
        action="deploy",
        release=RELEASE,
        tree=tree,
        previous=Previous(generation=generation - 1, release=RELEASE, tree=tree, digest=tree)
        if generation > 1
        else None,
        actor="ana",
        reason="",
        at="2026-11-21T04:30:00Z",
        pin=None,
        restores=None,
    )


@pytest.fixture
def ratchet(tmp_path: Path) -> Ratchet:
    return Ratchet(tmp_path / "state", "production")


def again(ratchet: Ratchet) -> Ratchet:
    """What the next process on this machine has."""
    return Ratchet(ratchet.folder, ratchet.environment)


def test_an_older_generation_is_refused_also_after_a_restart(ratchet: Ratchet) -> None:
    ratchet.accept(pointer(5), "")
    with pytest.raises(IntegrityError, match="went back from generation 5 to 4"):
        again(ratchet).accept(pointer(4), "")
    again(ratchet).accept(pointer(5), "")
    again(ratchet).accept(pointer(6), "")


def test_another_pointer_of_the_same_generation_is_refused(ratchet: Ratchet) -> None:
    ratchet.accept(pointer(5), "")
    with pytest.raises(IntegrityError, match="has two pointers of generation 5"):
        again(ratchet).accept(pointer(5, nonce=99), "")


def test_an_absurd_generation_does_not_shut_out_the_real_ones(ratchet: Ratchet) -> None:
    ratchet.accept(pointer(5), "")
    with pytest.raises(IntegrityError, match="leapt from generation 5 to 900000000") as caught:
        ratchet.accept(pointer(900_000_000), "")
    assert "--repair" in str(caught.value.hint)
    ratchet.accept(pointer(6), "")
    ratchet.accept(pointer(6 + FARTHEST_LEAP), "")


def test_other_keys_begin_anew(ratchet: Ratchet) -> None:
    """Whoever had the old key may have made any generation with it; taking it out of the trust file ends that."""
    ratchet.accept(pointer(50_000), "stolen key")
    ratchet.accept(pointer(7), "new key")
    with pytest.raises(IntegrityError, match="went back"):
        ratchet.accept(pointer(6), "new key")


def test_a_damaged_memory_is_an_error_and_not_forgotten(ratchet: Ratchet) -> None:
    ratchet.accept(pointer(5), "")
    path = ratchet.folder / "seen.json"
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(AirsideError, match=r"seen\.json"):
        again(ratchet).accept(pointer(4), "")


def test_a_memory_of_a_newer_version_is_not_overwritten(ratchet: Ratchet) -> None:
    ratchet.accept(pointer(5), "")
    path = ratchet.folder / "seen.json"
    path.write_bytes(msgspec.json.encode(msgspec.json.decode(path.read_bytes()) | {"format": 2}))
    with pytest.raises(UsageError, match="has format 2"):
        again(ratchet).accept(pointer(6), "")


def test_what_is_remembered_is_for_this_account_alone(ratchet: Ratchet) -> None:
    ratchet.accept(pointer(5), "")
    assert {path.stat().st_mode & 0o077 for path in ratchet.folder.iterdir()} == {0}


def test_a_confirmation_is_remembered_without_a_write(ratchet: Ratchet) -> None:
    assert ratchet.confirmed_at() is None
    ratchet.confirm()
    assert ratchet.confirmed_at() is None, "nothing was seen that could be confirmed"
    ratchet.accept(pointer(5), "")
    path = ratchet.folder / "seen.json"
    os.utime(path, (0, 0))
    assert ratchet.confirmed_at() == datetime.fromtimestamp(0, UTC)
    inode = path.stat().st_ino
    again(ratchet).confirm()
    confirmed = ratchet.confirmed_at()
    assert confirmed is not None
    assert abs(datetime.now(UTC) - confirmed) < timedelta(minutes=1)
    assert path.stat().st_ino == inode


def _accept(ratchet: Ratchet, generations: list[int]) -> None:
    for generation in generations:
        try:
            ratchet.accept(pointer(generation), "")
        except IntegrityError:
            continue


def test_processes_that_share_a_disk_agree_on_the_highest(ratchet: Ratchet) -> None:
    context = multiprocessing.get_context("fork")
    ways = [list(range(1, 40)), list(range(40, 1, -1)), [3, 39, 7, 41, 2]]
    processes = [context.Process(target=_accept, args=(ratchet, way)) for way in ways]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    with ratchet.held():
        assert ratchet.is_newest(pointer(41))
        assert not ratchet.is_newest(pointer(40))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 1)), max_size=12))
def test_what_is_accepted_never_goes_back(tmp_path: Path, looks: list[tuple[int, int]]) -> None:
    ratchet = Ratchet(tmp_path / os.urandom(8).hex(), "production")
    accepted: list[Pointer] = []
    for generation, twin in looks:
        seen = pointer(generation, nonce=generation * 2 + twin)
        try:
            again(ratchet).accept(seen, "")
        except IntegrityError:
            continue
        accepted.append(seen)
    assert [each.generation for each in accepted] == sorted(each.generation for each in accepted)
    assert len({each.op_id for each in accepted}) == len({each.generation for each in accepted})
    assert not looks or accepted, "the first one is always accepted"
