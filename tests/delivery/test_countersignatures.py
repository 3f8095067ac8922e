from pathlib import Path

import pytest
from signing_keys import release_by, signer

from airside.base.errors import IntegrityError
from airside.delivery.countersignatures import add_signature, read_signature
from airside.release.envelope import Signature
from airside.release.keys import signature_key
from airside.store.folder import FolderStore


@pytest.fixture
def signed_store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "store")


def test_a_signature_is_added_once_and_read_by_its_key(signed_store: FolderStore) -> None:
    record = release_by()
    signature = signer("ana").signature(record.sealed)
    assert read_signature(signed_store, record.id, signature.keyid) is None
    assert add_signature(signed_store, record.id, signature) is True
    assert add_signature(signed_store, record.id, signature) is False, "again, after a lost answer"
    assert read_signature(signed_store, record.id, signature.keyid) == signature
    assert read_signature(signed_store, record.id, signer("ben").public.keyid) is None


def test_another_signature_in_that_place_is_never_replaced(signed_store: FolderStore) -> None:
    record = release_by()
    signature = signer("ana").signature(record.sealed)
    add_signature(signed_store, record.id, Signature(signature.keyid, "AAAA"))
    with pytest.raises(IntegrityError, match=signature_key(record.id, signature.keyid)):
        add_signature(signed_store, record.id, signature)


def test_a_damaged_signature_is_named(signed_store: FolderStore) -> None:
    record, keyid = release_by(), signer("ana").public.keyid
    signed_store.create(signature_key(record.id, keyid), b"{")
    with pytest.raises(IntegrityError, match=f"The signature of release {record.id} by key {keyid[:8]}"):
        read_signature(signed_store, record.id, keyid)
