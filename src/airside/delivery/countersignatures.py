"""Detached signatures of releases in a store: create-only, one object for each release and key."""

from collections.abc import Collection

from airside.base.errors import IntegrityError
from airside.release.countersignature import MAX_COUNTERSIGNATURE_BYTES, Countersignature, parse_countersignature
from airside.release.envelope import Signature
from airside.release.keys import SIGNATURES, signature_key
from airside.store.port import Found, Store


def read_signature(store: Store, release: str, keyid: str) -> Signature | None:
    """Return the detached signature of `release` by the key with the id `keyid`; None where there is none.

    Whether it holds is for `airside.signing` to say.

    Raises:
        StoreUnavailableError: The store does not answer.
        IntegrityError: The object is damaged, or is about another release or key.
    """
    found = store.read(signature_key(release, keyid), limit=MAX_COUNTERSIGNATURE_BYTES)
    return parse_countersignature(found.data, release, keyid).signature if isinstance(found, Found) else None


def signatures_by_release(store: Store, releases: Collection[str]) -> dict[str, list[Signature]]:
    """Return the detached signatures of each of `releases` that has some: one listing, and a read for each.

    Raises:
        StoreUnavailableError: The store does not answer.
        IntegrityError: One of them is damaged.
    """
    found: dict[str, list[Signature]] = {}
    for listed in store.list(SIGNATURES):
        release, _, name = listed.key.removeprefix(SIGNATURES).partition("/")
        if release in releases and (signature := read_signature(store, release, name.removesuffix(".json"))):
            found.setdefault(release, []).append(signature)
    return found


def add_signature(store: Store, release: str, signature: Signature) -> bool:
    """Write a detached signature of `release`, and tell whether it was not there yet.

    May be called again after any failure.

    Raises:
        StoreUnavailableError: The store does not answer.
        IntegrityError: Another signature is there, under the id of the same key.
    """
    key = signature_key(release, signature.keyid)
    if store.create(key, Countersignature.of(release, signature).to_bytes()):
        return True
    if read_signature(store, release, signature.keyid) != signature:
        raise IntegrityError(
            f"{key} in {store.location} is there already and holds another signature",
            hint="Whoever may clean up the store removes it; then sign again.",
        )
    return False
