"""A detached signature of a release: a second pair of eyes, added after the record was written."""

from typing import Annotated, Final, Self

import msgspec

from airside.base.errors import IntegrityError
from airside.release.encoding import Document, canonical, decode
from airside.release.envelope import Signature
from airside.release.record import ReleaseId

MAX_COUNTERSIGNATURE_BYTES: Final = 128 * 1024
"""Bytes of a detached signature: the longest signature that an envelope may have fits."""


class Countersignature(Document, frozen=True, kw_only=True, tag_field="kind", tag="signature"):
    """A signature of the statement in a release's record.

    Attributes:
        release: Of which release.
        keyid: Which key made it.
        sig: The signature, base64.
    """

    release: ReleaseId
    keyid: Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
    sig: Annotated[str, msgspec.Meta(max_length=64 * 1024)]

    @classmethod
    def of(cls, release: str, signature: Signature) -> Self:
        """Return `signature`, of `release`, as a document."""
        return cls(release=release, keyid=signature.keyid, sig=signature.sig)

    @property
    def signature(self) -> Signature:
        """The signature as an envelope has it."""
        return Signature(self.keyid, self.sig)

    def to_bytes(self) -> bytes:
        """Return the document as it is stored."""
        return canonical(self)


def parse_countersignature(data: bytes, release: str, keyid: str) -> Countersignature:
    """Return the signature of `release` by the key `keyid`. Whether it holds is not looked at.

    Raises:
        IntegrityError: It is not that document.
        UsageError: A newer Airside wrote it.
    """
    what = f"The signature of release {release} by key {keyid[:8]}"
    found = decode(data, Countersignature, what=what)
    if (found.release, found.keyid) != (release, keyid):
        raise IntegrityError(f"{what} is that of release {found.release} by key {found.keyid[:8]}")
    return found
