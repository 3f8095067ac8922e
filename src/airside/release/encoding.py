"""Canonical JSON: the one spelling of a document, so that its digest is a fact about its content."""

import re
from typing import Any, TypeVar

import msgspec

from airside.base.digest import Digest
from airside.base.errors import IntegrityError, UsageError

FORMAT = 1
"""The number of the format that this version writes, and the highest that it reads."""


_VERSION = re.compile(r"[0-9][0-9A-Za-z.+-]{0,40}")

T = TypeVar("T")
D = TypeVar("D", bound="Document")


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A JSON document in a store. Subclasses name their `kind` as a msgspec tag.

    Attributes:
        format: The format number. Fields may be added under the same number: readers ignore unknown ones.
    """

    format: int = FORMAT


class _Header(msgspec.Struct):
    """What every document has. msgspec compares the kind with the tag, but lets a missing one pass.

    Attributes:
        format: The format number.
        kind: What it is.
        reader: The first version of Airside that reads it; documents of format 2 and later have to say so.
    """

    format: int
    kind: str
    reader: Any = None


def canonical(value: object) -> bytes:
    """Return `value` as canonical JSON: sorted keys, no white space, UTF-8, integers only."""
    return msgspec.json.encode(value, order="sorted", enc_hook=_encode_digest)


def decode(data: bytes, type_: type[D], *, what: str) -> D:
    """Return the document `data` as a `type_`.

    Raises:
        IntegrityError: It is not JSON, or not of that shape; the message names `what`.
        UsageError: A newer Airside wrote it.
    """
    header = decode_plain(data, _Header, what=what)
    if header.format > FORMAT:
        raise UsageError(
            f"{what} has format {header.format}, and this Airside reads formats up to {FORMAT}",
            hint=f"Upgrade Airside{_version(header.reader)}.",
        )
    if header.format < 1:
        raise IntegrityError(f"{what} has format {header.format}, which does not exist")
    return decode_plain(data, type_, what=what)


def _version(reader: object) -> str:
    named = isinstance(reader, str) and _VERSION.fullmatch(reader)
    return f" to {reader} or later" if named else ""


def decode_plain(data: bytes, type_: type[T], *, what: str) -> T:
    """Return the JSON `data`, which carries no format number, as a `type_`.

    Raises:
        IntegrityError: It is not JSON, or not of that shape; the message names `what`.
    """
    try:
        # msgspec does not look at the encoding of fields that it skips.
        return msgspec.json.decode(data.decode(), type=type_, dec_hook=_decode_digest)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise IntegrityError(f"{what} cannot be read: {error}") from error


def _encode_digest(value: object) -> str:
    if isinstance(value, Digest):
        return str.__str__(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _decode_digest(type_: type, value: object) -> object:
    if type_ is Digest and isinstance(value, str):
        return Digest.parse(value)
    raise ValueError(f"expected a {type_.__name__}")
