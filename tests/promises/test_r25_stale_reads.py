"""R25: a copy of the store that is behind never takes a reader back, and never shows it a part of a tree."""

from pathlib import Path

import pytest
from shipping import deploy, proposal_of, sources, stamp
from verbs import A, B

from airside.base.errors import IntegrityError, LostRaceError
from airside.conformance.tampering import Laggy
from airside.delivery.activate import activate
from airside.delivery.following import Follower
from airside.delivery.publish import publish
from airside.store.folder import FolderStore


def test_a_reader_does_not_go_back_to_what_a_stale_copy_says_nor_after_a_restart(
    store: FolderStore, tmp_path: Path
) -> None:
    laggy = Laggy(store, lagging=False)
    deploy(store, A)
    laggy.remember()
    newest = deploy(store, B, second=1)
    for _ in range(2):
        laggy.lagging = False
        follower = Follower(tmp_path / "cache", "production", lambda: laggy)
        follower.prepare()
        follower.poll(patience=None)
        laggy.lagging = True
        with pytest.raises(IntegrityError, match="from generation 2 to 1"):
            follower.poll(patience=None)
        assert follower.current == newest.tree


@pytest.mark.parametrize("prefix", ["trees/", "packs/"])
def test_a_pointer_that_arrives_before_its_contents_shows_nothing_of_them(
    store: FolderStore, tmp_path: Path, prefix: str
) -> None:
    laggy = Laggy(store, prefix=prefix)
    first = deploy(store, A)
    laggy.remember()
    follower = Follower(tmp_path / "cache", "production", lambda: laggy)
    follower.prepare()
    follower.poll(patience=None)
    newest = deploy(store, B, second=1)
    with pytest.raises(IntegrityError, match="missing"):
        follower.poll(patience=None)
    assert follower.current == first.tree
    laggy.lagging = False
    follower.poll(patience=None)
    assert follower.current == newest.tree


def test_a_writer_that_decided_on_a_stale_copy_loses(store: FolderStore) -> None:
    laggy = Laggy(store, lagging=True)
    deploy(store, A)
    laggy.remember()
    deploy(store, B, second=1)
    proposal = proposal_of(laggy, A, second=2)
    publish(store, sources(A), proposal.record)
    with pytest.raises(LostRaceError):
        activate(store, proposal.move, proposal.current, stamp())


def test_no_listing_decides_what_is_served(store: FolderStore, tmp_path: Path) -> None:
    laggy = Laggy(store, lagging=False)
    follower = Follower(tmp_path / "cache", "production", lambda: laggy)
    follower.prepare()
    deploy(laggy, A)
    follower.poll(patience=None)
    assert not [call for call in laggy.calls if call.startswith("list ")]
