"""R24: a rollback to a release that is on the disk works while no contents can be read, if the pointer can be moved."""

from pathlib import Path

from shipping import deploy
from verbs import A, B, roll_back

from airside.conformance.faults import Down
from airside.delivery.following import Follower
from airside.store.folder import FolderStore


def test_a_rollback_is_made_and_followed_while_no_pack_can_be_read(store: FolderStore, tmp_path: Path) -> None:
    without_packs = Down(store, prefix="packs/", down=False)
    follower = Follower(tmp_path / "cache", "production", lambda: without_packs)
    follower.prepare()
    first = deploy(store, A)
    follower.poll(patience=None)
    deploy(store, B, second=1)
    follower.poll(patience=None)
    without_packs.down = True
    roll_back(without_packs)
    follower.poll(patience=None)
    assert follower.current == first.tree
    assert (follower.path / "dags/orders.py").read_text() == A["dags/orders.py"]
