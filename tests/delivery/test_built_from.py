from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shipping import apply, record_of, sources

from airside.base.digest import Digest
from airside.base.errors import RefusedError, UnknownEnvironmentError, UsageError
from airside.delivery.built_from import Content, parse_commit, release_built_from
from airside.delivery.moves import Request, propose_deploy
from airside.delivery.publish import publish
from airside.release.encoding import canonical
from airside.release.keys import removed_key
from airside.release.record import Record, Source
from airside.release.tombstone import Removed
from airside.release.tree import Tree
from airside.store.folder import FolderStore

A, B, C = ({"dags/orders.py": f"a = {number}\n"} for number in range(3))
ONE, TWO = "1234567" + "a" * 33, "1234567" + "b" * 33
PREPROD = Request("sales-flows", "preprod", "ana")

Ship = Callable[..., Record]


@pytest.fixture
def ship(store: FolderStore) -> Ship:
    """Deploy files of a commit to preprod, a second later each time."""
    seconds = iter(range(1000))

    def shipped(
        files: dict[str, str], commit: str | None, *, dirty: bool = False, lock: Digest | None = None
    ) -> Record:
        made = record_of(files, second=next(seconds), lock=lock)
        record = replace(made, source=Source(commit=commit, dirty=dirty))
        proposal = propose_deploy(store, PREPROD, record, Tree.of_sources(sources(files)))
        publish(store, sources(files), record)
        apply(store, proposal)
        return record

    return shipped


def test_a_commit_names_the_release_that_was_built_from_it_whatever_is_served_now(
    store: FolderStore, ship: Ship
) -> None:
    first = ship(A, ONE)
    ship(B, TWO)
    ship(C, "c" * 40)
    assert release_built_from(store, "preprod", ONE).id == first.id
    assert release_built_from(store, "preprod", ONE[:8]).id == first.id
    assert release_built_from(store, "preprod", "c" * 7).tree == record_of(C).tree


def test_of_releases_with_the_same_bytes_the_last_is_taken(store: FolderStore, ship: Ship) -> None:
    ship(A, ONE)
    last = ship(A, ONE)
    assert release_built_from(store, "preprod", ONE).id == last.id


def test_a_commit_without_a_release_is_refused(store: FolderStore, ship: Ship) -> None:
    with pytest.raises(UnknownEnvironmentError):
        release_built_from(store, "preprod", ONE)
    ship(A, None)
    ship(B, TWO)
    with pytest.raises(RefusedError, match=f"has never served a release that was built from commit {ONE}"):
        release_built_from(store, "preprod", ONE)


def test_the_beginning_of_two_commits_is_refused_and_names_them(store: FolderStore, ship: Ship) -> None:
    ship(A, ONE)
    ship(B, TWO)
    with pytest.raises(RefusedError, match=f"several commits .*{TWO}, {ONE}"):
        release_built_from(store, "preprod", "1234567")


def test_what_holds_more_than_its_commit_is_no_release_of_it(store: FolderStore, ship: Ship) -> None:
    dirty = ship(A, ONE, dirty=True)
    with pytest.raises(RefusedError, match=f"Release {dirty.id} .* with uncommitted changes"):
        release_built_from(store, "preprod", ONE)
    clean = ship(B, ONE)
    ship(C, ONE, dirty=True)
    assert release_built_from(store, "preprod", ONE).id == clean.id


@pytest.mark.parametrize(("files", "lock"), [(B, None), (A, Digest.of(b"other packages"))])
def test_releases_of_one_commit_that_differ_are_refused_and_named(
    store: FolderStore, ship: Ship, files: dict[str, str], lock: Digest | None
) -> None:
    first, second = ship(A, ONE), ship(files, ONE, lock=lock)
    with pytest.raises(RefusedError, match=f"differ: {second.id}, {first.id}"):
        release_built_from(store, "preprod", ONE)


def test_a_commit_that_changes_nothing_that_ships_is_that_of_the_release_before(store: FolderStore, ship: Ship) -> None:
    lock = Digest.of(b"lock")
    first = ship(A, ONE, lock=lock)
    ship(B, TWO, lock=lock)
    found = release_built_from(store, "preprod", "d" * 40, lambda: Content(first.tree, lock))
    assert found.id == first.id
    for other in (Content(first.tree, None), Content(record_of(C).tree, lock), None):
        with pytest.raises(RefusedError):
            release_built_from(store, "preprod", "d" * 40, partial(lambda content: content, other))


def test_a_release_that_was_removed_is_none_and_hides_no_other(store: FolderStore, ship: Ship) -> None:
    kept, gone = ship(A, ONE), ship(B, TWO)
    assert store.create(removed_key(gone.id), canonical(Removed(release=gone.id, at="2026-11-21T04:30:00Z")))
    (Path(store.location) / "releases" / f"{gone.id}.json").unlink()
    assert release_built_from(store, "preprod", ONE).id == kept.id
    with pytest.raises(RefusedError, match="has never served"):
        release_built_from(store, "preprod", TWO)


@settings(deadline=None)
@given(st.text(max_size=70))
def test_only_seven_and_more_hexadecimal_digits_name_a_commit(text: str) -> None:
    digits = text.strip().lower()
    valid = 7 <= len(digits) <= 64 and set(digits) <= set("0123456789abcdef")
    if valid:
        assert parse_commit(text) == digits
    else:
        with pytest.raises(UsageError, match="is not the name of a commit"):
            parse_commit(text)


@pytest.mark.parametrize("text", ["1234567", "A" * 40, f" {'f' * 64}\n"])
def test_a_commit_may_be_short_and_in_capitals(text: str) -> None:
    assert parse_commit(text) == text.strip().lower()
