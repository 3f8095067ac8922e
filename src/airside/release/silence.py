"""Silences: nothing is said about some workflows for a while. Described in docs/formats/silences.md."""

from datetime import datetime
from typing import Final

from airside.base.clock import from_text
from airside.base.errors import IntegrityError
from airside.release.encoding import Document, canonical, decode
from airside.release.pointer import OperationId

MAX_SILENCE_BYTES: Final = 16 * 1024
"""Bytes of a silence, and of the note that it was ended."""


class Silence(Document, frozen=True, kw_only=True, tag_field="kind", tag="silence"):
    """Nothing is said about some workflows until a time.

    Attributes:
        id: Its end and a part of the nonce: ``20261121-203000-0123abcd``.
        workflows: A shell pattern; ``*`` includes what is of no workflow.
        environments: A shell pattern.
        reason: Why.
        actor: Who asked for it.
        at: When, RFC 3339 in UTC.
        until: Its end, RFC 3339 in UTC.
        nonce: Of whoever wrote it.
    """

    id: str
    workflows: str
    environments: str
    reason: str
    actor: str
    at: str
    until: str
    nonce: OperationId

    def is_over(self, now: datetime) -> bool:
        """Tell whether its time has come."""
        return from_text(self.until) <= now

    def to_bytes(self) -> bytes:
        """Return the document as it is stored."""
        return canonical(self)


class EndedSilence(Document, frozen=True, kw_only=True, tag_field="kind", tag="ended-silence"):
    """The note that a silence was ended before its time.

    Attributes:
        id: Of the silence.
        actor: Who ended it.
        at: When, RFC 3339 in UTC.
        nonce: Of whoever wrote it.
    """

    id: str
    actor: str
    at: str
    nonce: OperationId

    def to_bytes(self) -> bytes:
        """Return the document as it is stored."""
        return canonical(self)


def parse_silence(data: bytes, silence: str) -> Silence:
    """Return the silence with the id `silence`.

    Raises:
        IntegrityError: It is not one, or another one.
        UsageError: A newer Airside wrote it.
    """
    what = f"The silence {silence}"
    found = decode(data, Silence, what=what)
    _require(found.id, silence, (found.at, found.until), what)
    return found


def parse_ended(data: bytes, silence: str) -> EndedSilence:
    """Return the note that the silence with the id `silence` was ended.

    Raises:
        IntegrityError: It is not one, or about another one.
        UsageError: A newer Airside wrote it.
    """
    what = f"The end of the silence {silence}"
    found = decode(data, EndedSilence, what=what)
    _require(found.id, silence, (found.at,), what)
    return found


def _require(found: str, wanted: str, times: tuple[str, ...], what: str) -> None:
    if found != wanted:
        raise IntegrityError(f"{what} is about {found[:100]!r}")
    try:
        for text in times:
            from_text(text)
    except ValueError as error:
        raise IntegrityError(f"{what} has no valid time: {error}") from error
