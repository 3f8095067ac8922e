"""What obstore's exceptions mean. They carry no status code, so it is read from their text.

(obstore 0.12; the text is that of the Rust crate `object_store`, client/retry.rs.) The text itself is never shown:
it holds the URL, which on Azure may hold a signature.
"""

import re
from enum import Enum, auto

from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    NotModifiedError,
    NotSupportedError,
    PermissionDeniedError,
    PreconditionError,
    UnauthenticatedError,
)

from airside.base.errors import StoreError, StoreIncapableError, StoreUnavailableError
from airside.store.port import OutcomeUnknownError

OBSTORE_ERRORS = (BaseError, OSError, ValueError, NotImplementedError)
"""What obstore raises: its own tree, and built-in exceptions for a missing object or an unusable path."""

_CREDENTIAL_SERVICE = re.compile(r"169\.254\.|metadata\.google\.internal|/latest/(api/token|meta-data/)")
"""Where obstore looks for credentials when it was given none. What is answered there says nothing about an object."""

_STATUS = re.compile(r"status code: (\d{3})")
_CODE = re.compile(r"<Code>(\w{1,80})</Code>")
_RETRIES = re.compile(r"after (\d+) retries, max_retries")


class Kind(Enum):
    """What an answer says about the object."""

    MISSING = auto()
    UNCHANGED = auto()
    EXISTS = auto()
    LOST = auto()
    OTHER = auto()


def kind_of(error: Exception) -> Kind:
    """Return what `error` says about the object; `OTHER` for what says nothing about it.

    A 409 from S3 is `OTHER`: another write was under way, and nobody knows how it ended. obstore calls it
    AlreadyExistsError. Azure answers 409 `BlobAlreadyExists` where S3 answers 412.
    """
    text = str(error)
    conflict = _status(text) == 409 and "BlobAlreadyExists" not in text  # noqa: PLR2004
    if conflict or "NoSuchBucket" in text or "ContainerNotFound" in text or _CREDENTIAL_SERVICE.search(text):
        return Kind.OTHER
    if isinstance(error, FileNotFoundError):
        return Kind.MISSING
    if isinstance(error, NotModifiedError):
        return Kind.UNCHANGED
    if isinstance(error, AlreadyExistsError):
        return Kind.EXISTS
    if isinstance(error, PreconditionError):
        return Kind.LOST
    return Kind.OTHER


def was_repeated(error: Exception) -> bool:
    """Tell whether obstore sent the request more than once, so that `error` may be about its own earlier attempt."""
    return _RETRIES.search(str(error)) is not None


def reading_failed(error: Exception, what: str, location: str) -> StoreError:
    """Return the error to raise when `what` could not be read, listed or deleted because of `error`."""
    return _final(error, what, location) or StoreUnavailableError(
        f"{location} cannot be used: {_reason(error)} ({what})", hint=_hint(error)
    )


def writing_failed(error: Exception, what: str, location: str) -> StoreError:
    """Return the error to raise when `what` could not be written because of `error`."""
    return _final(error, what, location) or OutcomeUnknownError(
        f"{location} did not confirm the write of {what}: {_reason(error)}", hint=_hint(error)
    )


def _final(error: Exception, what: str, location: str) -> StoreError | None:
    """Return the error for an answer which says that nothing was done."""
    text = str(error)
    status = _status(text)
    if _CREDENTIAL_SERVICE.search(text):
        return StoreUnavailableError(
            f"{location} cannot be used: there are no credentials for it",
            hint="Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or what your provider has in their place.",
        )
    if isinstance(error, NotSupportedError | NotImplementedError) or status == 501:  # noqa: PLR2004
        return StoreIncapableError(
            f"{location} cannot do what releases need: {_reason(error)} ({what})",
            hint="Use a store with conditional writes: S3, GCS, Azure, R2, MinIO, Ceph, SeaweedFS or a folder.",
        )
    if isinstance(error, PermissionDeniedError | UnauthenticatedError) or status in {401, 403}:
        return StoreUnavailableError(
            f"{location} denies access to {what}: {_reason(error)}",
            hint="Look at the credentials and their rights: reading, writing, listing and deleting below the prefix.",
        )
    if "NoSuchBucket" in text or "ContainerNotFound" in text:
        return StoreUnavailableError(f"{location} does not exist", hint="Make the bucket, or name another one.")
    return None


def _status(text: str) -> int | None:
    found = _STATUS.search(text)
    return int(found[1]) if found else None


def _reason(error: Exception) -> str:
    text = str(error)
    if status := _status(text):
        code = _CODE.search(text)
        return f"it answered {status}{f' {code[1]}' if code else ''}"
    known = {
        "dns error": "its name cannot be resolved",
        "Connect": "no connection could be made",
        "TimedOut": "it did not answer in time",
        "Timeout": "it did not answer in time",
        "incorrectly configured region": "the bucket is in another region",
        "certificate": "its certificate is not trusted",
    }
    return next((reason for sign, reason in known.items() if sign in text), "the request failed")


def _hint(error: Exception) -> str:
    text = str(error)
    if "incorrectly configured region" in text:
        return "Set `region` in `store.options` of airside.toml."
    if _status(text):
        return "Run the command again; it is safe to repeat."
    return "Look at `store.url` and `store.options.endpoint`, the network and the store itself, then try again."
