"""DSSE envelopes: some bytes, what they are, and who signed them.

What is signed is the type and the payload together, so that a signature of one kind of document says nothing
about another (https://github.com/secure-systems-lab/dsse, protocol.md). Making and verifying signatures
is `airside.signing`'s work; here are the bytes.
"""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Final

import msgspec

from airside.base.errors import IntegrityError
from airside.release.encoding import canonical, decode_plain

MAX_SIGNATURES: Final = 64
"""Signatures of an envelope: each one costs its reader a verification."""


class Signature(msgspec.Struct, frozen=True):
    """A signature of an envelope.

    Attributes:
        keyid: Which key made it, as securesystemslib names keys: 64 hexadecimal digits for those made here.
        sig: The signature, base64.
    """

    keyid: Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
    sig: Annotated[str, msgspec.Meta(max_length=64 * 1024)]


class _Stored(msgspec.Struct, frozen=True, kw_only=True):
    payload: str
    payload_type: str = msgspec.field(name="payloadType")
    signatures: Annotated[tuple[Signature, ...], msgspec.Meta(max_length=MAX_SIGNATURES)]


@dataclass(frozen=True, slots=True)
class Envelope:
    """A payload with its signatures.

    Attributes:
        payload: The bytes.
        payload_type: What they are, a media type.
        signatures: In the order in which they were added; empty for an unsigned one.
    """

    payload: bytes
    payload_type: str
    signatures: tuple[Signature, ...] = ()

    @property
    def signed_bytes(self) -> bytes:
        """What is signed: DSSE's pre-authentication encoding of type and payload."""
        kind = self.payload_type.encode()
        return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(self.payload), self.payload)

    def signed(self, *signatures: Signature) -> "Envelope":
        """Return this envelope with `signatures` added."""
        return replace(self, signatures=(*self.signatures, *signatures))

    def to_bytes(self) -> bytes:
        """Return the envelope as it is stored."""
        payload = base64.b64encode(self.payload).decode()
        return canonical(_Stored(payload=payload, payload_type=self.payload_type, signatures=self.signatures))


Sign = Callable[[Envelope], Envelope]
"""Adds signatures to an envelope."""


def unsigned(envelope: Envelope) -> Envelope:
    """Return `envelope` as it is: the `Sign` of somebody without a key."""
    return envelope


def parse_envelope(data: bytes, payload_type: str, *, what: str) -> Envelope:
    """Return the envelope `data`. Its signatures are not looked at.

    Raises:
        IntegrityError: It is no envelope, or one of something else; the message names `what`.
    """
    stored = decode_plain(data, _Stored, what=what)
    if stored.payload_type != payload_type:
        raise IntegrityError(f"{what} is of another type: {stored.payload_type[:100]!r}")
    try:
        payload = base64.b64decode(stored.payload, validate=True)
    except (binascii.Error, ValueError) as error:
        raise IntegrityError(f"{what} cannot be read: its payload is not base64") from error
    # Base64 has several spellings of the same bytes; one of them is ours.
    if base64.b64encode(payload).decode() != stored.payload:
        raise IntegrityError(f"{what} cannot be read: its payload is not canonical base64")
    return Envelope(payload, payload_type, stored.signatures)
