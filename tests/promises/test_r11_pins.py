"""R11: a pin blocks every move, says who, when and why, and ends when somebody unpins it: no clock ends it."""

from datetime import timedelta

import pytest
from shipping import NOW, REQUEST, proposal_of, stamp
from verbs import PREPROD, A, B, prepare

from airside.base.errors import PinnedError
from airside.delivery.activate import Stamp, activate, require_unpinned
from airside.delivery.environments import read_current, require_current
from airside.delivery.moves import propose_promotion, propose_unpin
from airside.store.folder import FolderStore


def test_a_promotion_is_blocked_and_told_who_pinned_when_and_why(store: FolderStore) -> None:
    prepare(store)
    proposal = propose_promotion(store, REQUEST, PREPROD.environment)
    with pytest.raises(
        PinnedError, match=r"pinned to release .* by ana since 2026-11-21T04:30:00Z: wrong totals"
    ) as caught:
        require_unpinned(proposal.current, unpin=False)
    assert caught.value.exit_code == 3
    assert "airside unpin production" in (caught.value.hint or "")


@pytest.mark.parametrize("later", [timedelta(days=3650), timedelta(days=-3650)])
def test_no_clock_ends_a_pin(store: FolderStore, later: timedelta) -> None:
    prepare(store)
    for files in (A, B):  # other environments move on, years away
        proposal = proposal_of(store, files, request=PREPROD)
        activate(store, proposal.move, proposal.current, Stamp(NOW + later, stamp().op_id))
    with pytest.raises(PinnedError):
        require_unpinned(read_current(store, "production"), unpin=False)


def test_unpinning_ends_it_and_is_in_the_history(store: FolderStore) -> None:
    prepare(store)
    current, move = propose_unpin(store, REQUEST)
    activate(store, move, current, stamp())
    pointer = require_current(store, "production").pointer
    assert (pointer.action, pointer.actor, pointer.release) == ("unpin", "ana", current.pointer.release)
    require_unpinned(read_current(store, "production"), unpin=False)
