import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from clocked import Clocked, Dying
from listing import keys_of
from shipping import REQUEST, apply, deploy, proposal_of, record_of, sources

from airside.base.digest import Digest
from airside.base.errors import IntegrityError, RefusedError
from airside.conformance.faults import Killed
from airside.delivery.activate import Stamp, activate
from airside.delivery.checkouts import Checkouts
from airside.delivery.collection.carrying_out import Worker
from airside.delivery.collection.collect import Examination, Rules, carry_out, examine
from airside.delivery.collection.planning import Deed, Step
from airside.delivery.collection.retention import Retention
from airside.delivery.collection.revive import revive
from airside.delivery.collection.store_clock import StoreTime, ask_time
from airside.delivery.collection.tombstones import read_tombstone
from airside.delivery.deadline import WRITER_SECONDS, Deadline, uptime
from airside.delivery.environments import read_current
from airside.delivery.moves import Request, propose_promotion, propose_rollback
from airside.delivery.publish import publish
from airside.release.keys import pack_key, release_key, signature_key, tombstone_key, tree_key
from airside.release.pointer import Pin, Pointer
from airside.store.folder import FolderStore

LATEST = Rules(Retention(days=0, generations=1))
PIN = Pin(by="ana", at="2026-11-21T04:30:00Z")
A, B, C, D = ({"dags/orders.py": f"a = {number}\n", "lib/sums.py": "x = 1\n"} for number in range(4))
"""Releases that share a pack."""

P, Q, R = ({"dags/orders.py": f"p = {number}\n"} for number in range(3))
"""Releases that share nothing."""


@pytest.fixture
def clocked(store: FolderStore) -> Clocked:
    return Clocked(store)


def gc(store: Clocked, rules: Rules = LATEST) -> tuple[Examination, list[Step]]:
    examination = examine(store, rules, ask_time(store, secrets.token_hex(16)))
    return examination, carry_out(store, examination, nonce=secrets.token_hex(16))


def removed(steps: list[Step]) -> set[str]:
    return {step.key for step in steps if step.deed is Deed.REMOVE}


def marked(steps: list[Step]) -> set[str]:
    return {step.key for step in steps if step.deed is Deed.MARK}


def content(store: Clocked) -> set[str]:
    return {key for prefix in ("packs/", "trees/", "releases/") for key in keys_of(store, prefix)}


def materialises(store: Clocked, root: Path, tree: Digest) -> dict[str, str]:
    checkouts = Checkouts(root / secrets.token_hex(4))
    manifest = checkouts.materialise(store, tree)
    return {file.path: (checkouts.folder(tree) / file.path).read_text() for file in manifest.files}


def served(store: Clocked, root: Path) -> dict[str, str]:
    current = read_current(store, "production")
    assert current is not None
    assert current.pointer.release in {key[9:-5] for key in keys_of(store, "releases/")}
    return materialises(store, root, current.pointer.tree)


def deploys(store: Clocked, *trees: Mapping[str, str]) -> list[Pointer]:
    """Deploy `trees`, an hour apart, and let two days pass."""
    pointers = []
    for second, files in enumerate(trees):
        pointers.append(deploy(store, files, second=second))
        store.pass_hours(1)
    store.pass_hours(48)
    return pointers


def test_what_is_dead_is_marked_first_and_removed_a_day_later(clocked: Clocked, tmp_path: Path) -> None:
    first, *_ = deploys(clocked, P, Q, R)
    before = content(clocked)
    _, steps = gc(clocked)
    dead = marked(steps)
    assert {key.split("/")[0] for key in dead} == {"packs", "trees", "releases"}
    assert content(clocked) == before, "the first run removes nothing"
    clocked.pass_hours(23)
    assert not removed(gc(clocked)[1])
    clocked.pass_hours(1)
    assert removed(gc(clocked)[1]) == dead
    assert content(clocked) == before - dead
    assert release_key(first.release) not in content(clocked)
    assert served(clocked, tmp_path) == R
    assert len(keys_of(clocked, "history/")) == 3, "the history stays whole"


def test_a_pack_of_a_dead_release_stays_while_a_living_one_takes_contents_from_it(
    clocked: Clocked, tmp_path: Path
) -> None:
    first, *_ = deploys(clocked, A, B, C)
    packs = keys_of(clocked, "packs/")
    for _ in range(2):
        gc(clocked)
        clocked.pass_hours(24)
    assert tree_key(first.tree) not in content(clocked)
    assert keys_of(clocked, "packs/") == packs
    assert served(clocked, tmp_path) == C


def test_records_go_before_manifests_and_manifests_before_packs(clocked: Clocked) -> None:
    deploys(clocked, P, Q, R)
    gc(clocked)
    clocked.pass_hours(24)
    deleted: list[str] = []
    clocked.before = lambda verb, key: deleted.append(key.split("/")[0]) if verb == "delete" else None
    gc(clocked)
    content_deletes = [kind for kind in deleted if kind != "gc"]
    assert content_deletes == sorted(content_deletes, key=["releases", "trees", "packs"].index)
    assert set(content_deletes) == {"releases", "trees", "packs"}


def test_what_a_rollback_would_serve_stays(clocked: Clocked, tmp_path: Path) -> None:
    _, second, _ = deploys(clocked, A, B, C)
    gc(clocked)
    clocked.pass_hours(24)
    gc(clocked)
    apply(clocked, propose_rollback(clocked, REQUEST, None, PIN))
    assert read_current(clocked, "production").pointer.release == second.release  # type: ignore[union-attr]
    assert served(clocked, tmp_path) == B


def test_a_rollback_to_a_release_that_was_removed_says_so(clocked: Clocked) -> None:
    deploys(clocked, A, B, C)
    gc(clocked)
    clocked.pass_hours(24)
    gc(clocked)
    with pytest.raises(RefusedError, match="was removed by garbage collection on 2026-11-24") as info:
        propose_rollback(clocked, REQUEST, 1, PIN)
    assert info.value.exit_code == 3


def test_nothing_within_the_retention_is_marked(clocked: Clocked) -> None:
    deploys(clocked, A, B, C)
    assert not marked(gc(clocked, Rules(Retention(days=3, generations=1)))[1])
    assert not marked(gc(clocked, Rules(Retention(days=0, generations=3)))[1])
    assert marked(gc(clocked, Rules(Retention(days=1, generations=1)))[1])


def test_a_release_that_another_environment_serves_stays(clocked: Clocked, tmp_path: Path) -> None:
    first = deploy(clocked, A, request=Request("sales-flows", "preprod", "ana"))
    deploys(clocked, A, B, C)
    gc(clocked)
    clocked.pass_hours(24)
    gc(clocked)
    assert release_key(first.release) in content(clocked)
    assert materialises(clocked, tmp_path, first.tree) == A


def test_a_tree_that_an_airflow_runs_stays_with_its_record(clocked: Clocked, tmp_path: Path) -> None:
    first, *_ = deploys(clocked, A, B, C)
    foreign = Digest.of(b"a version of another store")
    rules = Rules(LATEST.retention, trees={first.tree: "runs in Airflow", foreign: "runs in Airflow"})
    assert not marked(gc(clocked, rules)[1])
    assert materialises(clocked, tmp_path, first.tree) == A
    assert marked(gc(clocked)[1])


def test_what_a_killed_publication_left_is_removed_when_it_is_old(clocked: Clocked) -> None:
    deploy(clocked, A)
    dying = Dying(at=3)
    clocked.before = dying
    with pytest.raises(Killed):
        publish(clocked, sources(B), record_of(B, second=1))
    clocked.before = lambda _verb, _key: None
    left = content(clocked)
    assert not marked(gc(clocked)[1]), "a writer may still be at work"
    clocked.pass_hours(25)
    gc(clocked)
    clocked.pass_hours(24)
    gc(clocked)
    assert len(content(clocked)) == min(3, len(left))
    clocked.pass_hours(24)
    gc(clocked)
    assert keys_of(clocked, "gc/") == [key for key in keys_of(clocked, "gc/") if key.startswith("gc/removed/")]


def test_old_packs_of_a_young_manifest_stay(clocked: Clocked) -> None:
    pack = deploy(clocked, A).tree
    clocked.pass_hours(48)
    deploy(clocked, B, second=1)
    key = next(key for key in content(clocked) if key.startswith("packs/"))
    clocked.written[tree_key(pack)] = clocked.now  # written again: by a writer who found the pack
    examination = examine(clocked, LATEST, StoreTime(clocked.now))
    assert key not in {step.key for step in examination.with_deed(Deed.MARK)}


@pytest.mark.parametrize("hours", [-48, 48], ids=["behind", "ahead"])
def test_the_clock_of_this_machine_decides_nothing(
    clocked: Clocked, hours: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploys(clocked, A, B, C)

    class Wrong(datetime):
        @classmethod
        def now(cls, tz: object = None) -> "datetime":  # type: ignore[override]
            return datetime(2026, 11, 21, tzinfo=UTC) + timedelta(hours=hours)

    monkeypatch.setattr("airside.base.clock.datetime", Wrong)
    assert marked(gc(clocked)[1])
    assert not removed(gc(clocked)[1])
    clocked.pass_hours(24)
    assert removed(gc(clocked)[1])


def test_examining_alone_writes_nothing(clocked: Clocked) -> None:
    deploys(clocked, A, B, C)
    writes: list[str] = []
    clocked.before = lambda verb, key: writes.append(key) if verb in {"create", "replace", "delete"} else None
    assert examine(clocked, LATEST, StoreTime(clocked.now)).with_deed(Deed.MARK)
    assert not writes


def test_a_damaged_pointer_or_history_stops_everything(clocked: Clocked, store: FolderStore) -> None:
    deploys(clocked, A, B, C)
    entry = Path(store.location) / "history/production/00000000000000000002.json"
    good = entry.read_bytes()
    entry.unlink()
    with pytest.raises(IntegrityError, match="nothing was removed") as info:
        examine(clocked, LATEST, StoreTime(clocked.now))
    assert "airside verify production --repair" in (info.value.hint or "")
    entry.write_bytes(good)
    (Path(store.location) / "environments/production.json").unlink()
    with pytest.raises(IntegrityError, match="has a history and no pointer"):
        examine(clocked, LATEST, StoreTime(clocked.now))


@pytest.mark.parametrize("harm", ["missing", "damaged", "swapped", "no packs"])
def test_a_damaged_manifest_that_is_needed_keeps_every_pack(clocked: Clocked, store: FolderStore, harm: str) -> None:
    *_, dead, _, last = deploys(clocked, A, B, C, D)
    gc(clocked)
    clocked.pass_hours(24)
    path = Path(store.location) / tree_key(last.tree)
    data = path.read_bytes()
    damaged = {
        "damaged": data[:-1],
        "swapped": (path.parent / f"{dead.tree}.json").read_bytes(),
        "no packs": data[: data.index(b'"packs":[')] + b'"packs":[]}',
    }
    path.unlink()
    if harm in damaged:
        path.write_bytes(damaged[harm])
    packs = keys_of(clocked, "packs/")
    examination, steps = gc(clocked)
    assert examination.packs_unclear
    assert keys_of(clocked, "packs/") == packs
    assert examination.with_deed(Deed.HOLD)
    assert any(key.startswith("releases/") for key in removed(steps)), "records do not depend on manifests"


def test_a_promoted_release_is_taken_back_from_the_grave(clocked: Clocked, tmp_path: Path) -> None:
    preprod = Request("sales-flows", "preprod", "ana")
    first, *_ = deploys(clocked, A, B, C)
    gc(clocked)
    apply(clocked, propose_rollback(clocked, REQUEST, 1, PIN))
    clocked.pass_hours(48)
    gc(clocked)
    clocked.pass_hours(48)
    gc(clocked)
    assert served(clocked, tmp_path) == A
    apply(clocked, propose_promotion(clocked, preprod, "production"))
    assert read_current(clocked, "preprod").pointer.release == first.release  # type: ignore[union-attr]
    assert tombstone_key(release_key(first.release)) not in keys_of(clocked, "gc/"), "swept"


def test_a_release_that_is_being_removed_is_not_moved_to(clocked: Clocked) -> None:
    deploys(clocked, A, B, C)
    proposal = propose_rollback(clocked, REQUEST, 1, PIN)
    gc(clocked)
    clocked.pass_hours(24)
    clocked.before = Dying(at=10**9)

    def die_before_the_pack_goes(verb: str, key: str) -> None:
        if verb == "delete" and key.startswith("trees/"):
            raise Killed

    clocked.before = die_before_the_pack_goes
    with pytest.raises(Killed):
        gc(clocked)
    clocked.before = lambda _verb, _key: None
    with pytest.raises(RefusedError, match=r"(is being|was) removed by garbage collection|was removed .* a moment ago"):
        apply(clocked, proposal)
    assert read_current(clocked, "production").pointer.generation == 3  # type: ignore[union-attr]
    assert not removed(gc(clocked)[1]) & {tree_key(proposal.record.tree)}, "a young claim is left alone"
    clocked.pass_hours(1)
    assert tree_key(proposal.record.tree) in removed(gc(clocked)[1]), "an old one is taken over"


def test_a_pack_that_was_removed_is_written_again(clocked: Clocked, tmp_path: Path) -> None:
    deploys(clocked, A, B, C)
    gc(clocked)
    clocked.pass_hours(24)
    gc(clocked)
    deploy(clocked, A, second=9)
    assert served(clocked, tmp_path) == A
    clocked.pass_hours(1)
    deploy(clocked, B, second=10)
    deploy(clocked, A, second=11)
    assert served(clocked, tmp_path) == A


def test_a_stalled_writer_does_not_move_the_environment(clocked: Clocked) -> None:
    deploy(clocked, A)
    proposal = proposal_of(clocked, B, second=1)
    publish(clocked, sources(B), proposal.record)
    asleep = Deadline(began=uptime() - WRITER_SECONDS - 1)
    stalled = Stamp(datetime(2026, 11, 21, tzinfo=UTC), "1" * 32, deadline=asleep)
    with pytest.raises(RefusedError, match=r"began 6.0 hours ago.*garbage collection"):
        activate(clocked, proposal.move, proposal.current, stalled)
    assert read_current(clocked, "production").pointer.generation == 1  # type: ignore[union-attr]


def test_a_stalled_collector_removes_nothing(clocked: Clocked) -> None:
    deploys(clocked, A, B, C)
    gc(clocked)
    clocked.pass_hours(24)
    before = content(clocked)
    examination = examine(clocked, LATEST, StoreTime(clocked.now))
    with pytest.raises(RefusedError, match="given up"):
        Worker(clocked, "1" * 32, examination.time, claim_seconds=-1).carry_out(examination.steps)
    assert content(clocked) == before
    old = StoreTime(examination.time.asked, Deadline(began=uptime() - 3601))
    late = Examination(examination.steps, (), examination.inventory, old, None)
    with pytest.raises(RefusedError, match="Garbage collection was given up"):
        carry_out(clocked, late, nonce="1" * 32)


def test_signatures_go_with_their_record(clocked: Clocked) -> None:
    first, *_, last = deploys(clocked, A, B, C)
    for pointer in (first, last):
        clocked.create(signature_key(pointer.release, "0" * 64), b"{}")
    gc(clocked)
    clocked.pass_hours(24)
    gc(clocked)
    assert keys_of(clocked, "signatures/") == [signature_key(last.release, "0" * 64)]


def test_leftovers_of_killed_commands_are_swept_after_a_day(clocked: Clocked) -> None:
    deploys(clocked, A)
    clocked.create("probe/0123-object", b"x")
    clocked.create("gc/clock/0123", b"")
    gc(clocked)
    assert keys_of(clocked, "probe/")
    clocked.pass_hours(25)
    gc(clocked)
    assert not keys_of(clocked, "probe/") + keys_of(clocked, "gc/clock/")


def test_a_damaged_tombstone_starts_again(clocked: Clocked, store: FolderStore) -> None:
    first, *_ = deploys(clocked, A, B, C)
    gc(clocked)
    path = Path(store.location) / tombstone_key(release_key(first.release))
    path.write_bytes(b"{}")
    clocked.pass_hours(24)
    assert release_key(first.release) not in removed(gc(clocked)[1])
    gc(clocked)
    clocked.pass_hours(24)
    assert release_key(first.release) in removed(gc(clocked)[1])


def test_packs_of_dead_trees_that_a_living_one_shares_stay(clocked: Clocked, tmp_path: Path) -> None:
    pointers = deploys(clocked, A, B, C)
    gc(clocked)
    clocked.pass_hours(24)
    gc(clocked)
    for pointer, files in zip(pointers[1:], (B, C), strict=True):
        assert materialises(clocked, tmp_path, pointer.tree) == files
    assert not any(pack_key(Digest.of(b"")) == key for key in content(clocked))


def test_packs_stay_where_somebody_came_to_rely_on_their_manifest_a_moment_before(clocked: Clocked) -> None:
    first, *_ = deploys(clocked, P, Q, R)
    gc(clocked)
    clocked.pass_hours(24)

    def revive_first(verb: str, key: str) -> None:
        if verb == "replace" and key == tombstone_key(tree_key(first.tree)):
            clocked.before = lambda _verb, _key: None
            revive(clocked, [tree_key(first.tree)])

    clocked.before = revive_first
    packs = keys_of(clocked, "packs/")
    _, steps = gc(clocked)
    assert removed(steps) == {release_key(first.release)}
    assert keys_of(clocked, "packs/") == packs
    gc(clocked)
    assert keys_of(clocked, "packs/") == packs, "the manifest waits for another day, and its packs wait with it"
    clocked.pass_hours(24)
    gc(clocked)
    assert len(keys_of(clocked, "packs/")) == len(packs) - 1


def test_a_refused_writer_changes_no_tombstone(clocked: Clocked) -> None:
    first, *_ = deploys(clocked, A, B, C)
    gc(clocked)
    keys = [release_key(first.release), tree_key(first.tree)]
    held = read_tombstone(clocked, keys[1])
    assert held is not None
    claimed = held.tombstone.becomes("claimed", "2" * 32)
    clocked.replace(tombstone_key(keys[1]), claimed.to_bytes(), held.revision)
    with pytest.raises(RefusedError, match="is being removed by garbage collection since 2026-11-23"):
        revive(clocked, keys)
    other = read_tombstone(clocked, keys[0])
    assert other is not None
    assert other.tombstone.state == "marked"


def test_a_release_that_was_removed_and_is_served_again_stays(clocked: Clocked, tmp_path: Path) -> None:
    first, *_ = deploys(clocked, A, B, C)
    gc(clocked)
    clocked.pass_hours(24)
    gc(clocked)
    assert deploy(clocked, A, second=0).release == first.release
    for _ in range(3):
        clocked.pass_hours(25)
        assert not {key for key in removed(gc(clocked)[1]) if first.release in key or first.tree in key}
    assert served(clocked, tmp_path) == A
