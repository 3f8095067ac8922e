"""One encrypted value: ``ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]`` (aes/cipher.go of sops)."""

import binascii
import re
from base64 import b64encode
from collections.abc import Callable
from decimal import Decimal

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from airside.secrets.scalars import tidy, time_text

Value = str | int | float | bool

_SEALED = re.compile(r"ENC\[AES256_GCM,data:([^,\]]+),iv:([^,\]]+),tag:([^,\]]+),type:([a-z]+)\]")
_TAG_BYTES = 16
_NONCE_BYTES = range(8, 129)
"""What AES-GCM takes here (cryptography 45); sops makes nonces of 32."""


class LeafError(Exception):
    """A value cannot be decrypted; the message says why, without it."""


def is_sealed(text: str) -> bool:
    """Tell whether `text` has the form of an encrypted value."""
    return _SEALED.fullmatch(text) is not None


class Cipher:
    """Decrypts the values of a document.

    Args:
        key: The key of the document, 32 bytes.
    """

    __slots__ = ("_aes",)

    def __init__(self, key: bytes) -> None:
        self._aes = AESGCM(key)

    def open(self, text: str, bound_to: str) -> tuple[bytes, str]:
        """Return the bytes that `text` holds, and their type.

        Raises:
            LeafError: It was changed, or belongs to another place than `bound_to`.
        """
        found = _SEALED.fullmatch(text)
        if found is None:
            raise LeafError("is not an encrypted value")
        data, nonce, tag = (_decoded(found[number]) for number in (1, 2, 3))
        if len(tag) != _TAG_BYTES or len(nonce) not in _NONCE_BYTES:
            raise LeafError("was changed")
        try:
            return self._aes.decrypt(nonce, data + tag, bound_to.encode()), found[4]
        except InvalidTag:
            raise LeafError("was changed") from None


def _decoded(text: str) -> bytes:
    """Return the bytes; of several texts that would give the same ones, only that of sops is taken."""
    try:
        decoded = binascii.a2b_base64(text.encode("ascii"), strict_mode=True)
    except (binascii.Error, UnicodeEncodeError):
        raise LeafError("was changed") from None
    if b64encode(decoded).decode() != text:
        raise LeafError("was changed")
    return decoded


def value_of(plain: bytes, kind: str) -> Value:
    """Return the value that the decrypted bytes are.

    The kind is not signed: a value is taken only if sops would write it in just these bytes, since that is what sops
    itself compares.

    Raises:
        LeafError: The bytes are no value of this kind.
    """
    value = _converted(plain, kind)
    if value is None or hashed(value) != plain:
        raise LeafError("was changed: its type does not fit")
    return value


def _converted(plain: bytes, kind: str) -> Value | None:
    """Return the value; None where there is none, since the errors of conversions quote what they are given."""
    try:
        return _CONVERSIONS[kind](plain.decode())
    except (KeyError, ValueError):
        return None


def hashed(value: Value) -> bytes:
    """Return the bytes that stand for `value` in the checksum (ToBytes in sops.go)."""
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, bool):
        return b"True" if value else b"False"
    return str(value).encode() if isinstance(value, int) else _of_float(value)


def _of_float(value: float) -> bytes:
    """Return `value` as Go's ``FormatFloat(value, 'f', -1, 64)`` writes it."""
    if value != value or value in {float("inf"), float("-inf")}:  # noqa: PLR0124 - so is NaN known
        return {"inf": b"+Inf", "-inf": b"-Inf", "nan": b"NaN"}[str(value)]
    text = format(Decimal(repr(value)), "f")
    return (text.removesuffix(".0")).encode()


def _to_bool(text: str) -> bool:
    return {"True": True, "False": False}[text]


def _to_time(text: str) -> str | None:
    return text if time_text(text) == text else None


def _to_float(text: str) -> int | float:
    return tidy(float(text))


_CONVERSIONS: dict[str, Callable[[str], Value | None]] = {
    "str": str,
    "time": _to_time,
    "int": int,
    "float": _to_float,
    "bool": _to_bool,
}
