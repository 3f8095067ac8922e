"""The pointer: which release an environment serves, who said so, and what it served before.

It is stored as a DSSE envelope, so that an environment can demand to be moved by known keys only. The name
of the environment is inside, so that the pointer of one says nothing about another.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, Literal, Self

import msgspec

from airside.base.clock import to_text
from airside.base.digest import Digest
from airside.base.errors import IntegrityError, RefusedError, UsageError
from airside.base.names import subject, titled, told
from airside.release.encoding import Document, canonical, decode
from airside.release.envelope import Envelope, Sign, parse_envelope, unsigned
from airside.release.record import ReleaseId

MAX_POINTER_BYTES: Final = 64 * 1024
"""Bytes of a pointer with its signatures: it is polled every few seconds by every dag processor."""

MAX_STATEMENT_BYTES: Final = 32 * 1024
"""Bytes of a pointer without its signatures; base64 makes 43 KiB of them."""

POINTER_TYPE: Final = "application/vnd.airside.pointer+json"
"""What the envelope of a pointer holds."""

Action = Literal["deploy", "promote", "rollback", "pin", "unpin"]
MAX_GENERATION: Final = 10**12
"""One move a second for 30,000 years: a larger one is no mistake."""

Generation = Annotated[int, msgspec.Meta(ge=1, le=MAX_GENERATION)]
KeyId = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
OperationId = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{32}\Z")]


class Pin(msgspec.Struct, frozen=True, kw_only=True):
    """What holds an environment where it is.

    Attributes:
        by: Who pinned it.
        at: When, RFC 3339 in UTC.
        reason: Why; may be empty.
    """

    by: str
    at: str
    reason: str = ""


class Previous(msgspec.Struct, frozen=True, kw_only=True):
    """What an environment served one generation before.

    Attributes:
        generation: One less.
        release: The release that was served.
        tree: Its tree.
        digest: Of the payload of that pointer: the history is a chain, in which no entry can be changed unnoticed.
    """

    generation: Generation
    release: ReleaseId
    tree: Digest
    digest: Digest


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """A change of an environment, as somebody asks for it.

    Attributes:
        environment: Which one.
        workspace: Whose release.
        action: What kind of move.
        release: The id of the release to serve.
        tree: The tree of that release.
        actor: Who asks.
        reason: Why; may be empty.
        pin: Holds the environment there; None leaves it free.
        restores: For a rollback, the generation that it goes back to.
        approved_by: The ids of the keys that approved the plan of it, where it had one.
    """

    environment: str
    workspace: str
    action: Action
    release: str
    tree: Digest
    actor: str
    reason: str = ""
    pin: Pin | None = None
    restores: int | None = None
    approved_by: tuple[str, ...] = ()


class Pointer(Document, frozen=True, kw_only=True, tag_field="kind", tag="pointer"):
    """Where an environment points; the same bytes are its entry in the history.

    Attributes:
        environment: Which one: a pointer copied to the key of another one is refused.
        workspace: Whose releases it serves, always the same.
        generation: 1 for the first, then always one more.
        op_id: The writer's nonce, so that no two pointers have equal bytes, and a writer knows its own.
        action: What kind of move made it.
        release: The id of the release that is served.
        tree: The tree of that release.
        previous: What was served one generation before; None in generation 1.
        actor: Who moved it.
        reason: Why; may be empty.
        at: When, RFC 3339 in UTC. It orders nothing.
        pin: What holds it there.
        restores: For a rollback, the generation that it went back to.
        approved_by: The ids of the keys whose approvals counted; not there where none was asked for. Informs only.
    """

    environment: str
    workspace: str
    generation: Generation
    op_id: OperationId
    action: Action
    release: ReleaseId
    tree: Digest
    previous: Previous | None
    actor: str
    reason: str
    at: str
    pin: Pin | None
    restores: Generation | None
    approved_by: tuple[KeyId, ...] | msgspec.UnsetType = msgspec.UNSET


@dataclass(frozen=True, slots=True)
class SealedPointer:
    """A pointer with its signatures: the bytes in the store and what they say.

    Attributes:
        pointer: What they say.
        envelope: The bytes, unknown fields included, and their signatures.
    """

    pointer: Pointer
    envelope: Envelope

    @property
    def digest(self) -> Digest:
        """The digest of the payload, by which the next pointer names this one."""
        return Digest.of(self.envelope.payload)

    def follows(self, earlier: "SealedPointer") -> bool:
        """Tell whether this pointer says that it came right after `earlier`."""
        return self.pointer.workspace == earlier.pointer.workspace and self.pointer.previous == _previous(earlier)

    @classmethod
    def of(cls, pointer: Pointer, sign: Sign = unsigned) -> Self:
        """Return `pointer` with the signatures that `sign` adds."""
        return cls(pointer, sign(Envelope(canonical(pointer), POINTER_TYPE)))

    def to_bytes(self) -> bytes:
        """Return the envelope as it is stored."""
        return self.envelope.to_bytes()


def advance(current: SealedPointer | None, move: Move, *, now: datetime, op_id: str) -> Pointer:
    """Return the pointer that `move` makes of `current`; the one place where generations are made.

    Args:
        current: Where the environment points; None when nothing was ever deployed to it.
        move: Where to, by whom and why.
        now: The time that the pointer carries.
        op_id: The writer's nonce, 32 hexadecimal digits.

    Raises:
        RefusedError: The environment serves another workspace.
        UsageError: The reason or a name is so long that the pointer exceeds its limit.
    """
    before = current.pointer if current else None
    if before is not None and (before.environment, before.workspace) != (move.environment, move.workspace):
        raise RefusedError(
            f"{subject(before.environment)} serves releases of workspace {before.workspace!r}; "
            f"this release is of {move.workspace!r}",
            hint="Give each workspace a store, or a prefix in one, of its own.",
        )
    pointer = Pointer(
        environment=move.environment,
        workspace=move.workspace,
        generation=before.generation + 1 if before else 1,
        op_id=op_id,
        action=move.action,
        release=move.release,
        tree=move.tree,
        previous=_previous(current),
        actor=move.actor,
        reason=move.reason,
        at=to_text(now),
        pin=move.pin,
        restores=move.restores,
        approved_by=move.approved_by or msgspec.UNSET,
    )
    if (size := len(canonical(pointer))) > MAX_STATEMENT_BYTES:
        raise UsageError(
            f"The pointer of {told(move.environment)} would have {size} bytes, more than {MAX_STATEMENT_BYTES}",
            hint="Shorten the reason.",
        )
    return pointer


def _previous(current: SealedPointer | None) -> Previous | None:
    if current is None:
        return None
    pointer = current.pointer
    return Previous(generation=pointer.generation, release=pointer.release, tree=pointer.tree, digest=current.digest)


def parse_pointer(data: bytes, environment: str) -> SealedPointer:
    """Return the pointer of `environment`. Its signatures are not looked at.

    Raises:
        IntegrityError: It is not a pointer, or that of another environment.
        UsageError: A newer Airside wrote it.
    """
    what = f"The pointer of {titled(environment)}"
    envelope = parse_envelope(data, POINTER_TYPE, what=what)
    pointer = decode(envelope.payload, Pointer, what=what)
    if pointer.environment != environment:
        raise IntegrityError(f"{what} is that of {told(pointer.environment)}")
    if (pointer.previous.generation if pointer.previous else 0) != pointer.generation - 1:
        raise IntegrityError(f"{what} has generation {pointer.generation}, which does not follow its previous one")
    return SealedPointer(pointer, envelope)
