from datetime import UTC, datetime, timedelta

import pytest

from airside.base.errors import IntegrityError, UsageError
from airside.release.encoding import canonical
from airside.release.keys import (
    environment_key,
    history_key,
    removed_key,
    signature_key,
    tombstone_key,
)
from airside.release.keyspace import Kind, content_kind, entry_of, environment_of, kind_of, release_of
from airside.release.tombstone import Removed, Tombstone, parse_removed, parse_tombstone

NOW = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)
RELEASE = "20261121-043000-d2ccf3dd"
KEY = f"releases/{RELEASE}.json"
GOLDEN = (
    b'{"at":"2026-11-21T04:30:00Z","format":1,"key":"releases/20261121-043000-d2ccf3dd.json","kind":"tombstone",'
    b'"nonce":"11111111111111111111111111111111","state":"marked"}'
)
TOMBSTONE = Tombstone.new(KEY, "marked", "1" * 32, NOW)


def test_a_tombstone_is_spelled_as_the_format_says() -> None:
    assert TOMBSTONE.to_bytes() == GOLDEN
    assert parse_tombstone(GOLDEN, KEY) == TOMBSTONE


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"d2ccf3dd", b"d2ccf3de"),
        (b"marked", b"gone"),
        (b"1111111111", b"x"),
        (b"2026-11-21T", b"yesterday "),
        (b"tombstone", b"pointer"),
    ],
)
def test_a_damaged_tombstone_is_refused(old: bytes, new: bytes) -> None:
    with pytest.raises(IntegrityError):
        parse_tombstone(GOLDEN.replace(old, new), KEY)


def test_a_newer_tombstone_is_refused() -> None:
    with pytest.raises(UsageError, match="reads formats up to 1"):
        parse_tombstone(GOLDEN.replace(b'"format":1', b'"format":2'), KEY)


def test_a_revival_keeps_the_time_and_changes_the_bytes() -> None:
    revived = TOMBSTONE.becomes("revived", "2" * 32)
    assert (revived.at, revived.state) == (TOMBSTONE.at, "revived")
    claimed = TOMBSTONE.becomes("claimed", "2" * 32, NOW + timedelta(days=1))
    assert claimed.is_older(timedelta(hours=1), NOW + timedelta(hours=25))
    assert not claimed.is_older(timedelta(hours=1), NOW + timedelta(hours=24, minutes=59))


def test_the_note_of_a_removal_names_its_release() -> None:
    data = canonical(Removed(release=RELEASE, at="2026-11-21T04:30:00Z"))
    assert parse_removed(data, RELEASE).at == "2026-11-21T04:30:00Z"
    with pytest.raises(IntegrityError, match="is about"):
        parse_removed(data, "20261121-043000-00000000")


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("format.json", Kind.FORMAT),
        (f"packs/sha256-{'0' * 64}", Kind.PACK),
        (f"trees/sha256-{'0' * 64}.json", Kind.TREE),
        (f"descriptions/sha256-{'0' * 64}", Kind.DESCRIPTION),
        (KEY, Kind.RELEASE),
        (environment_key("preview/my-branch"), Kind.ENVIRONMENT),
        (history_key("preview/my-branch", 7), Kind.HISTORY),
        (signature_key(RELEASE, "0" * 64), Kind.SIGNATURE),
        (tombstone_key(KEY), Kind.TOMBSTONE),
        (removed_key(RELEASE), Kind.REMOVED),
        ("gc/clock/0123", Kind.PASSING),
        ("probe/0123-object", Kind.PASSING),
        ("packs/readme", None),
        ("packs/sha256-00", None),
        ("trees/notes.json", None),
        (f"descriptions/sha256-{'0' * 64}.json", None),
        ("environments/Big.json", None),
        ("gc/environments/production.json", None),
        ("history/production/7.json", None),
        ("notes.txt", None),
    ],
)
def test_every_key_tells_what_it_is_of(key: str, kind: Kind | None) -> None:
    assert kind_of(key) is kind
    assert (content_kind(key) is not None) is (kind in {Kind.PACK, Kind.TREE, Kind.DESCRIPTION, Kind.RELEASE})


def test_keys_are_read_back() -> None:
    assert entry_of(history_key("preview/my-branch", 7)) == ("preview/my-branch", 7)
    assert environment_of(environment_key("preview/my-branch")) == "preview/my-branch"
    assert release_of(signature_key(RELEASE, "0" * 64)) == release_of(removed_key(RELEASE)) == RELEASE
