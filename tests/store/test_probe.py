import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from listing import keys_of

from airside.base.errors import IntegrityError, StoreIncapableError, StoreUnavailableError, UsageError
from airside.conformance.faults import Wrapped
from airside.conformance.tampering import NoCompareAndSwap
from airside.store.folder import FolderStore
from airside.store.port import Found, OutcomeUnknownError, Revision, Store
from airside.store.probe import require_capable

NOW = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "store")


def overwriting_create(store: Store) -> Store:
    return NoCompareAndSwap(store, replaces_blindly=False)


def blind_replace(store: Store) -> NoCompareAndSwap:
    return NoCompareAndSwap(store, creates_blindly=False)


class MakingReplace(Wrapped):
    """Compares what exists, and makes what is missing (MinIO before 2025)."""

    def replace(self, key: str, data: bytes, expected: Revision) -> Revision | None:
        if self.inner.create(key, data):
            return Revision("made")
        return self.inner.replace(key, data, expected)


class RacyReplace(Wrapped):
    """Compares and then writes, without a lock."""

    def replace(self, key: str, data: bytes, expected: Revision) -> Revision | None:
        found = self.inner.read(key, limit=1 << 20)
        if not isinstance(found, Found) or found.revision != expected:
            return None
        time.sleep(0.05)
        return blind_replace(self.inner).replace(key, data, expected)


class FixedRevision(Wrapped):
    """Gives every state the same name."""

    def read(self, key: str, *, limit: int, unless: Revision | None = None) -> Found | None:
        found = self.inner.read(key, limit=limit)
        return Found(found.data, Revision("same")) if isinstance(found, Found) else None

    def replace(self, key: str, data: bytes, expected: Revision) -> Revision | None:
        return Revision("same") if blind_replace(self.inner).replace(key, data, expected) else None


@dataclass
class Shy(Wrapped):
    """Works, but answers most racers with a conflict."""

    told: int = 0

    def replace(self, key: str, data: bytes, expected: Revision) -> Revision | None:
        revision = self.inner.replace(key, data, expected)
        if data.startswith(b"racer"):
            raise OutcomeUnknownError("conflict")
        return revision


@pytest.mark.parametrize(
    ("wrapper", "why"),
    [
        (overwriting_create, "If-None-Match is ignored"),
        (blind_replace, "If-Match is ignored"),
        (MakingReplace, "missing makes it"),
        (RacyReplace, "writers at once"),
        (FixedRevision, "cannot be replaced by its revision"),
    ],
)
def test_a_store_without_compare_and_swap_is_refused(
    folder: FolderStore, wrapper: Callable[[Store], Store], why: str
) -> None:
    with pytest.raises(StoreIncapableError, match=f"cannot hold releases: .*{why}"):
        require_capable(wrapper(folder), now=NOW)
    assert keys_of(folder, "") == []


def test_a_store_that_answers_with_conflicts_but_never_lies_is_accepted(folder: FolderStore) -> None:
    require_capable(Shy(folder), now=NOW)
    assert keys_of(folder, "") == ["format.json"]


def test_the_verdict_is_kept_and_costs_one_read_from_then_on(folder: FolderStore) -> None:
    require_capable(folder, now=NOW)
    counted = Wrapped(folder)
    require_capable(counted, now=NOW)
    assert counted.calls == ["read format.json"]
    found = folder.read("format.json", limit=1 << 16)
    assert isinstance(found, Found)
    assert found.data.startswith(
        b'{"capabilities":{"compare_and_swap":true,"create_only":true},"created_at":"2026-11-21T04:30:00Z",'
        b'"created_by":"airside '
    )
    assert found.data.endswith(b'"format":1,"kind":"store"}')


def test_a_newer_format_is_refused_with_its_number(folder: FolderStore) -> None:
    folder.create("format.json", b'{"format":2,"kind":"store","new":"shape"}')
    with pytest.raises(UsageError, match="has format 2, and this Airside reads formats up to 1") as caught:
        require_capable(folder, now=NOW)
    assert caught.value.hint == "Upgrade Airside."


def test_an_older_verdict_against_the_store_stands(folder: FolderStore) -> None:
    folder.create(
        "format.json",
        b'{"capabilities":{"compare_and_swap":false,"create_only":true},"created_at":"","created_by":"","format":1,'
        b'"kind":"store"}',
    )
    with pytest.raises(StoreIncapableError, match=r"format\.json says so"):
        require_capable(folder, now=NOW)


def test_a_damaged_format_is_an_integrity_error(folder: FolderStore) -> None:
    folder.create("format.json", b"{}")
    with pytest.raises(IntegrityError, match=r"format\.json in .* cannot be read"):
        require_capable(folder, now=NOW)


def test_a_store_that_is_away_is_unavailable_and_not_incapable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailableError):
        require_capable(FolderStore(tmp_path / "file"), now=NOW)
