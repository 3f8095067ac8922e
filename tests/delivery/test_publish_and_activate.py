import multiprocessing
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from shipping import NOW, apply, deploy, proposal_of, record_of, sources

from airside.base.errors import IntegrityError, LostRaceError, StoreUnavailableError
from airside.conformance.faults import Crash, Down, Killed, LostReply, Verb, Wrapped
from airside.delivery.activate import Stamp, activate
from airside.delivery.checkouts import Checkouts
from airside.delivery.environments import read_current, read_history, read_record
from airside.delivery.publish import publish
from airside.release.pointer import Pointer
from airside.store.folder import FolderStore
from airside.store.port import OutcomeUnknownError, Store

T = TypeVar("T")
A = {"dags/orders.py": "a = 1\n", "lib/sums.py": "x = 1\n"}
B = {"dags/orders.py": "a = 2\n", "lib/sums.py": "x = 1\n"}
EVERY_CALL = range(20)


def pointers(store: Store) -> list[Pointer]:
    return [sealed.pointer for sealed in read_history(store, "production")]


def served(store: Store, root: Path) -> dict[str, str]:
    """Return what a platform with an empty disk would serve: every byte is verified on the way."""
    current = read_current(store, "production")
    assert current is not None
    record = read_record(store, current.pointer.release)
    assert record.tree == current.pointer.tree
    checkouts = Checkouts(root / secrets.token_hex(4))
    manifest = checkouts.materialise(store, record.tree)
    folder = checkouts.folder(record.tree)
    return {file.path: (folder / file.path).read_text() for file in manifest.files}


def test_a_deploy_is_served_byte_for_byte(store: FolderStore, tmp_path: Path) -> None:
    pointer = deploy(store, A)
    assert (pointer.generation, pointer.action, pointer.actor) == (1, "deploy", "ana")
    assert served(store, tmp_path) == A


def test_content_is_written_before_what_refers_to_it(store: FolderStore) -> None:
    traced = Wrapped(store)
    deploy(traced, A)
    writes = [call.split()[1].split("/")[0] for call in traced.calls if not call.startswith("read")]
    assert writes == ["packs", "trees", "releases", "environments", "history"]


def test_only_what_the_store_lacks_is_uploaded(store: FolderStore) -> None:
    first = publish(store, sources(A), record_of(A))
    again = publish(store, sources(A), record_of(A))
    later = publish(store, sources(A), record_of(A, second=1))
    assert (first.objects, again.objects, later.objects) == (3, 0, 1)
    assert later.size < first.size


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", EVERY_CALL)
def test_a_deploy_killed_at_any_call_leaves_the_old_release_or_the_new_one(
    store: FolderStore, tmp_path: Path, at: int, after: bool
) -> None:
    deploy(store, A)
    crashing = Crash(store, at=at, after=after)
    try:
        deploy(crashing, B, second=1)
        finished = True
    except Killed:
        finished = False
    assert finished is (len(crashing.calls) <= at), "the fault was reached"
    assert served(store, tmp_path) in ([B] if finished else [A, B])
    deploy(store, B, second=2)
    assert served(store, tmp_path) == B
    history = [sealed.pointer for sealed in read_history(store, "production")]
    assert [entry.generation for entry in history] == list(range(len(history), 0, -1)), "the history has no gap"


def test_every_call_of_a_deploy_was_killed(store: FolderStore) -> None:
    deploy(store, A)
    traced = Wrapped(store)
    deploy(traced, B, second=1)
    assert len(traced.calls) < len(EVERY_CALL)


def test_a_move_whose_answer_was_lost_is_recognised_as_ours(store: FolderStore, tmp_path: Path) -> None:
    deploy(store, A)
    losing = LostReply(store)
    pointer = deploy(losing, B, second=1)
    assert losing.lost
    assert pointer.generation == 2
    assert served(store, tmp_path) == B


def test_a_move_whose_answer_was_lost_is_ours_even_if_somebody_moved_on_since(store: FolderStore) -> None:
    deploy(store, A)

    class LostAndOvertaken(LostReply):
        def intercept(self, verb: Verb, key: str, call: Callable[[], T]) -> T:
            try:
                return super().intercept(verb, key, call)
            except OutcomeUnknownError:
                deploy(self.inner, A, second=7)
                raise

    pointer = deploy(LostAndOvertaken(store), B, second=1)
    assert [(entry.generation, entry.op_id == pointer.op_id) for entry in pointers(store)] == [
        (3, False),
        (2, True),
        (1, False),
    ]


def test_a_move_that_may_have_been_made_is_not_called_failed(store: FolderStore) -> None:
    deploy(store, A)
    proposal = proposal_of(store, B, second=1)
    publish(store, sources(B), proposal.record)
    gone = Down(LostReply(store), prefix="environments/", down=False)

    class LostThenDown(Wrapped):
        def intercept(self, verb: Verb, key: str, call: Callable[[], T]) -> T:
            try:
                return super().intercept(verb, key, call)
            finally:
                gone.down = verb == "replace" or gone.down

    with pytest.raises(OutcomeUnknownError, match="whether 'production' was moved is not known") as info:
        activate(LostThenDown(gone), proposal.move, proposal.current, Stamp(NOW, "0" * 32))
    assert info.value.exit_code == 4
    assert "airside history production" in (info.value.hint or "")


def test_the_loser_of_a_race_learns_who_won_and_changes_nothing(store: FolderStore, tmp_path: Path) -> None:
    deploy(store, A)
    late = proposal_of(store, A, second=5)
    winner = deploy(store, B, second=1)
    with pytest.raises(
        LostRaceError, match=f"ana moved 'production' first: from generation 1 to 2.*{winner.release}"
    ) as info:
        apply(store, late)
    assert info.value.exit_code == 3
    assert served(store, tmp_path) == B


def test_the_first_deploy_can_be_lost_too(store: FolderStore) -> None:
    late = proposal_of(store, B)
    deploy(store, A)
    with pytest.raises(LostRaceError, match="from generation 0 to 1"):
        apply(store, late)


def race(
    root: Path, number: int, barrier: "multiprocessing.synchronize.Barrier", won: "multiprocessing.Queue[int]"
) -> None:
    store = FolderStore(root)
    files = {"dags/orders.py": f"a = {number}\n"}
    proposal = proposal_of(store, files, second=number)
    publish(store, sources(files), proposal.record)
    barrier.wait()
    try:
        apply(store, proposal)
    except LostRaceError:
        return
    won.put(number)


def test_of_many_deploys_at_once_exactly_one_wins(store: FolderStore, tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    for generation in range(1, 6):
        barrier, won = context.Barrier(4), context.Queue()
        racers = [context.Process(target=race, args=(tmp_path / "store", n, barrier, won)) for n in range(4)]
        for racer in racers:
            racer.start()
        for racer in racers:
            racer.join()
        winner = won.get(timeout=5)
        assert won.empty()
        assert served(store, tmp_path) == {"dags/orders.py": f"a = {winner}\n"}
        assert next(read_history(store, "production")).pointer.generation == generation


def test_a_store_that_goes_down_leaves_what_is_served(store: FolderStore, tmp_path: Path) -> None:
    deploy(store, A)
    with pytest.raises(StoreUnavailableError):
        deploy(Down(store, prefix="trees/"), B, second=1)
    assert served(store, tmp_path) == A


def test_a_history_that_cannot_be_written_does_not_undo_the_move(store: FolderStore) -> None:
    deploy(store, A)
    proposal = proposal_of(store, B, second=1)
    publish(store, sources(B), proposal.record)
    failing = Down(store, prefix="history/production/00000000000000000002")
    activation = activate(failing, proposal.move, proposal.current, Stamp(NOW, "0" * 32))
    assert not activation.history_written
    assert [entry.generation for entry in pointers(store)] == [2, 1]
    deploy(store, A, second=2)
    assert [entry.release for entry in pointers(store)][1] == proposal.record.id


def test_a_history_entry_of_somebody_else_is_not_passed_over(store: FolderStore) -> None:
    deploy(store, A)
    store.create("history/production/00000000000000000002.json", b"{}")
    with pytest.raises(IntegrityError, match="History entry 2 of 'production'"):
        deploy(store, B, second=1)
