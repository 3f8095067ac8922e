import pytest
from shipping import NOW, REQUEST, apply, deploy, proposal_of

from airside.base.errors import PinnedError, RefusedError, UnknownEnvironmentError
from airside.conformance.faults import Wrapped
from airside.delivery.activate import Stamp, activate, require_unpinned
from airside.delivery.environments import read_current, require_current
from airside.delivery.moves import Request, propose_promotion, propose_rollback, propose_unpin
from airside.release.pointer import Pin, Pointer
from airside.store.folder import FolderStore

A, B, C = ({"dags/orders.py": f"a = {number}\n"} for number in range(3))
PIN = Pin(by="ana", at="2026-11-21T04:30:00Z", reason="wrong totals")


def roll_back(store: FolderStore, generation: int | None = None) -> Pointer:
    return apply(store, propose_rollback(store, REQUEST, generation, PIN))


def test_a_promotion_serves_the_same_bytes_and_uploads_nothing(store: FolderStore) -> None:
    preprod = deploy(store, A, request=Request("sales-flows", "preprod", "ana"))
    traced = Wrapped(store)
    production = apply(traced, propose_promotion(traced, REQUEST, "preprod"))
    assert (production.tree, production.release) == (preprod.tree, preprod.release)
    assert {call.split("/")[0] for call in traced.calls if not call.startswith("read")} == {
        "create environments",
        "create history",
    }


def test_nothing_can_be_promoted_from_an_environment_without_a_release(store: FolderStore) -> None:
    with pytest.raises(UnknownEnvironmentError, match="Nothing was ever deployed to 'preprod'"):
        propose_promotion(store, REQUEST, "preprod")


def test_a_rollback_serves_the_release_before_and_pins_it(store: FolderStore) -> None:
    first = deploy(store, A)
    deploy(store, B, second=1)
    pointer = roll_back(store)
    assert (pointer.generation, pointer.action, pointer.restores) == (3, "rollback", 1)
    assert (pointer.release, pointer.tree, pointer.pin) == (first.release, first.tree, PIN)


def test_a_second_rollback_goes_further_back_and_not_forward_again(store: FolderStore) -> None:
    releases = [deploy(store, files, second=second).release for second, files in enumerate((A, B, C))]
    assert roll_back(store).release == releases[1]
    assert roll_back(store).release == releases[0]
    with pytest.raises(RefusedError, match="never served a release before"):
        roll_back(store)


def test_a_release_deployed_after_a_rollback_is_taken_back_to_what_was_served_before_it(store: FolderStore) -> None:
    first = deploy(store, A)
    deploy(store, B, second=1)
    roll_back(store)
    deploy(store, C, second=2)
    assert roll_back(store).release == first.release


def test_a_rollback_goes_to_any_generation(store: FolderStore) -> None:
    releases = [deploy(store, files, second=second).release for second, files in enumerate((A, B, C))]
    assert roll_back(store, 1).release == releases[0]
    assert roll_back(store, 3).release == releases[2]


@pytest.mark.parametrize("generation", [0, -1, 3, 99])
def test_a_generation_that_never_was_is_refused(store: FolderStore, generation: int) -> None:
    deploy(store, A)
    deploy(store, B, second=1)
    with pytest.raises(UnknownEnvironmentError, match=f"no generation {generation}; it is at 2"):
        roll_back(store, generation)


def test_a_rollback_to_what_is_served_already_is_refused(store: FolderStore) -> None:
    deploy(store, A)
    with pytest.raises(RefusedError, match="serves the release of generation 1 already"):
        roll_back(store, 1)


def test_a_pinned_environment_stays_until_it_is_unpinned(store: FolderStore) -> None:
    deploy(store, A)
    deploy(store, B, second=1)
    roll_back(store)
    with pytest.raises(PinnedError, match=r"pinned to release .* by ana since .*: wrong totals") as info:
        require_unpinned(read_current(store, "production"), unpin=False)
    assert info.value.exit_code == 3
    require_unpinned(read_current(store, "production"), unpin=True)
    current, move = propose_unpin(store, REQUEST)
    activate(store, move, current, Stamp(NOW, "1" * 32))
    require_unpinned(read_current(store, "production"), unpin=False)
    assert require_current(store, "production").pointer.release == current.pointer.release
    with pytest.raises(RefusedError, match="not pinned"):
        propose_unpin(store, REQUEST)


def test_a_pin_between_releases_does_not_confuse_a_rollback(store: FolderStore) -> None:
    first = deploy(store, A)
    deploy(store, B, second=1)
    roll_back(store)
    current, move = propose_unpin(store, REQUEST)
    activate(store, move, current, Stamp(NOW, "1" * 32))
    deploy(store, C, second=2)
    assert roll_back(store).release == first.release


def test_a_deploy_of_the_tree_that_is_served_changes_nothing(store: FolderStore) -> None:
    deploy(store, A)
    proposal = proposal_of(store, A, second=9)
    assert proposal.moves_nothing
    assert proposal.plan.is_empty


def test_a_deploy_names_the_workflows_that_change(store: FolderStore) -> None:
    deploy(store, {"dags/a.py": "1", "dags/b.py": "1", "dags/c.py": "1"})
    plan = proposal_of(store, {"dags/b.py": "2", "dags/c.py": "1", "dags/d.py": "1"}, second=1).plan
    assert [workflow.id for workflow in plan.workflows_added] == ["d"]
    assert [workflow.id for workflow in plan.workflows_changed] == ["b"]
    assert [workflow.id for workflow in plan.workflows_removed] == ["a"]


def test_an_environment_never_changes_its_workspace(store: FolderStore) -> None:
    deploy(store, A)
    other = Request("other-flows", "production", "bob")
    with pytest.raises(RefusedError, match="serves releases of workspace 'sales-flows'"):
        apply(store, proposal_of(store, B, second=1, request=other))
