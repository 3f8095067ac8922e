"""What the workflows of a release are: written once for all releases that have the same ones, read by plans."""

from airside.base.digest import Digest
from airside.base.errors import IntegrityError
from airside.delivery.collection.revive import revive
from airside.release.description import MAX_PACKED_DESCRIPTION_BYTES, Description, packed, unpack_description
from airside.release.keys import description_key
from airside.release.record import Record
from airside.store.port import Found, Store


def read_description(store: Store, record: Record) -> Description | None:
    """Return what the workflows of the release `record` are; None where it does not say.

    Raises:
        StoreUnavailableError: The store does not answer.
        IntegrityError: It is missing, or is not what the record names.
        UsageError: A newer Airside wrote it.
    """
    return held_description(store, record.description) if record.description else None


def held_description(store: Store, digest: Digest) -> Description:
    """Return the description `digest`.

    Raises:
        StoreUnavailableError: The store does not answer.
        IntegrityError: It is missing, or is not what its name says.
        UsageError: A newer Airside wrote it.
    """
    found = store.read(description_key(digest), limit=MAX_PACKED_DESCRIPTION_BYTES)
    if not isinstance(found, Found):
        raise IntegrityError(f"Description {digest} is missing in {store.location}")
    return unpack_description(found.data, digest)


def publish_description(store: Store, description: Description) -> int:
    """Write `description`, or come to rely on the one that is there; return the bytes that were written.

    Raises:
        StoreUnavailableError: The store does not answer.
        RefusedError: Garbage collection removes the one that is there.
        IntegrityError: The one that is there is damaged.
        FindingsError: It is larger than any reader accepts.
    """
    data, digest = packed(description), description.digest
    if store.create(description_key(digest), data):
        return len(data)
    revive(store, [description_key(digest)])
    try:
        held_description(store, digest)
    except IntegrityError as error:
        raise IntegrityError(
            f"{error.message}; nothing was released",
            hint=f"Delete the object {description_key(digest)}, and run the command again: it writes it anew.",
        ) from error
    return 0
