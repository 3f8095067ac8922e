"""Whether the descriptions that records name are there and hold what they say."""

from collections.abc import Iterable, Iterator
from typing import Final

from airside.base.digest import Digest
from airside.base.errors import IntegrityError, UsageError
from airside.delivery.parallel import LARGE_REQUESTS, in_parallel
from airside.delivery.verification.findings import Finding, Trouble, Uses
from airside.release.description import MAX_PACKED_DESCRIPTION_BYTES, unpack_description
from airside.release.keys import DESCRIPTIONS, description_key
from airside.store.port import Found, Store

_AGAIN: Final = "Only Airflow can say it again: deploy the same commit to another environment, which writes it anew"
_DAMAGED: Final = f"Delete the object. {_AGAIN}"


def check_descriptions(store: Store, descriptions: Iterable[Digest], uses: Uses) -> Iterator[Finding]:
    """Read each of `descriptions`, and yield what is wrong. No repair can make one: nothing here imports a workflow.

    Raises:
        StoreUnavailableError: The store does not answer.
    """
    for finding in in_parallel(
        lambda description: _check(store, description, uses), descriptions, at_once=LARGE_REQUESTS
    ):
        if finding:
            yield finding


def _check(store: Store, description: Digest, uses: Uses) -> Finding | None:
    key = description_key(description)
    try:
        found = store.read(key, limit=MAX_PACKED_DESCRIPTION_BYTES)
        if isinstance(found, Found):
            unpack_description(found.data, description)
            return None
    except (IntegrityError, UsageError) as error:
        return _finding(Trouble.DAMAGED, description, error.message, _DAMAGED, uses)
    return _missing(description, uses)


def check_presence(store: Store, descriptions: Iterable[Digest], uses: Uses) -> Iterator[Finding]:
    """Yield which of `descriptions` are not there: one listing, whatever their number.

    Raises:
        StoreUnavailableError: The store does not answer.
    """
    there = {found.key for found in store.list(DESCRIPTIONS)}
    for description in descriptions:
        key = description_key(description)
        # What was listed before it was written is not missing.
        if key not in there and store.read(key, limit=MAX_PACKED_DESCRIPTION_BYTES) is None:
            yield _missing(description, uses)


def _missing(description: Digest, uses: Uses) -> Finding:
    return _finding(Trouble.MISSING, description, f"Description {description} is missing", _AGAIN, uses)


def _finding(trouble: Trouble, description: Digest, message: str, advice: str, uses: Uses) -> Finding:
    key, harmed = description_key(description), uses.of_description(description)
    return Finding(trouble=trouble, key=key, message=message, harmed=harmed, advice=advice)
