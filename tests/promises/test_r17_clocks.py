"""R17: clocks that are a day off change no order: generations order, times only annotate."""

from datetime import timedelta
from pathlib import Path

import pytest
from shipping import NOW, REQUEST, stamp
from verbs import PIN

from airside.conformance.releases import Sample
from airside.delivery.activate import Stamp, activate
from airside.delivery.environments import read_history, require_current
from airside.delivery.following import Follower
from airside.delivery.moves import propose_rollback
from airside.store.folder import FolderStore

DAY = timedelta(days=1)


@pytest.mark.parametrize("skews", [(1, 0, -1), (0, -1, 1), (-1, 1, 0), (1, -1, -1)])
def test_writers_whose_clocks_differ_by_days_make_one_order(
    store: FolderStore, tmp_path: Path, skews: tuple[int, ...]
) -> None:
    follower = Follower(tmp_path / "cache", "production", lambda: store)
    follower.prepare()
    trees = []
    for number, skew in enumerate(skews):
        moment = NOW + skew * DAY
        sample = Sample.of({"dags/orders.py": f"a = {number}\n"}, now=moment)
        proposal = sample.propose(store, REQUEST)
        sample.publish(store)
        activate(store, proposal.move, proposal.current, Stamp(moment, stamp().op_id))
        trees.append(sample.record.tree)
        follower.poll(patience=None)
        assert follower.current == trees[-1], "a reader follows the move, whatever its time says"
    assert [entry.pointer.tree for entry in read_history(store, "production")] == trees[::-1]
    back = propose_rollback(store, REQUEST, None, PIN)
    assert back.record.tree == trees[-2], "a rollback goes to the generation before, not to the time before"
    activate(store, back.move, back.current, Stamp(NOW - 2 * DAY, stamp().op_id))
    assert require_current(store, "production").pointer.generation == len(skews) + 1
