"""The objects of a store that no environment leads to: what they are, and whether they are whole."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from airside.base.errors import IntegrityError, UsageError
from airside.delivery.parallel import in_parallel
from airside.delivery.verification.findings import Finding, Harm, Harmed, Trouble
from airside.release.encoding import decode
from airside.release.keys import FORMAT_KEY, GC, silence_key
from airside.release.keyspace import Kind, kind_of, release_of, silence_of
from airside.release.silence import MAX_SILENCE_BYTES, parse_ended, parse_silence
from airside.release.tombstone import MAX_TOMBSTONE_BYTES, parse_removed, parse_tombstone
from airside.store.port import Found, Listed, Store
from airside.store.probe import MAX_FORMAT_BYTES, StoreFormat

_UNUSED: Final = Harmed(Harm.UNUSED)
_SMALL: Final = frozenset({Kind.TOMBSTONE, Kind.REMOVED, Kind.SILENCE, Kind.FORMAT})
_MOST_BYTES: Final = max(MAX_TOMBSTONE_BYTES, MAX_FORMAT_BYTES, MAX_SILENCE_BYTES)


def check_remainder(store: Store, listed: Mapping[str, Listed], releases: Collection[str]) -> Iterator[Finding]:
    """Yield what is wrong with the objects that are no part of a release.

    Args:
        store: The store.
        listed: All its objects.
        releases: The ids of the releases that were looked at.
    """
    for key in listed:
        kind = kind_of(key)
        if kind is None:
            yield Finding(trouble=Trouble.FOREIGN, key=key, message=f"{key} is no part of a store")
        elif kind is Kind.PASSING:
            message = f"{key} was left by a command that was killed"
            yield Finding(trouble=Trouble.LEFTOVER, key=key, message=message, advice="`airside gc` removes it")
        elif kind is Kind.SIGNATURE and (release_of(key) or "") not in releases:
            message = f"{key} is a signature of a release that is not there"
            yield Finding(trouble=Trouble.LEFTOVER, key=key, message=message)
    small = [key for key in listed if kind_of(key) in _SMALL]
    for found in in_parallel(lambda key: _small(store, key), small):
        if found:
            yield found
    if FORMAT_KEY not in listed:
        message, advice = "The store has no format.json", "Any command that uses the store tries it and writes one"
        yield Finding(trouble=Trouble.MISSING, key=FORMAT_KEY, message=message, advice=advice)


def _small(store: Store, key: str) -> Finding | None:
    try:
        found = store.read(key, limit=_MOST_BYTES)
        if isinstance(found, Found):
            _parse(key, found.data)
    except (IntegrityError, UsageError) as error:
        advice = "`airside gc` replaces it" if kind_of(key) is Kind.TOMBSTONE else "Delete the object"
        return Finding(trouble=Trouble.DAMAGED, key=key, message=error.message, harmed=_UNUSED, advice=advice)
    return None


def _parse(key: str, data: bytes) -> None:
    kind = kind_of(key)
    if kind is Kind.TOMBSTONE:
        parse_tombstone(data, key.removeprefix(GC))
    elif kind is Kind.REMOVED:
        parse_removed(data, release_of(key) or "")
    elif (silence := silence_of(key)) is not None:
        (parse_silence if key == silence_key(silence) else parse_ended)(data, silence)
    else:
        decode(data, StoreFormat, what=FORMAT_KEY)
