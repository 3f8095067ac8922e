"""A plan as a file: one move of one environment, to be approved and applied later (docs/formats/plans.md)."""

import base64
import binascii
from dataclasses import dataclass, field, replace
from typing import Final, Literal

import msgspec

from airside.base.digest import Digest
from airside.base.errors import IntegrityError
from airside.release.description import Description, packed, unpack_description
from airside.release.encoding import Document, canonical, decode
from airside.release.envelope import Envelope, Sign, parse_envelope
from airside.release.pointer import Generation
from airside.release.record import Record, ReleaseId, parse_record

MAX_PLAN_FILE_BYTES: Final = 128 * 1024 * 1024
"""Bytes of a plan file: a description of the largest size, packed, is in it in two layers of base64."""

PLAN_TYPE: Final = "application/vnd.airside.plan+json"
"""What the envelope of a plan holds."""

PlannedAction = Literal["deploy", "promote", "rollback"]


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """Where an environment points when a plan is made.

    Attributes:
        generation: Of the pointer.
        release: What it serves.
        digest: Of the payload of the pointer.
    """

    generation: Generation
    release: ReleaseId
    digest: Digest


class _Statement(Document, frozen=True, kw_only=True, tag_field="kind", tag="plan"):
    workspace: str
    environment: str
    action: PlannedAction
    expected: Seen | None
    release: ReleaseId
    tree: Digest
    record: str | None
    description: str | None
    restores: Generation | None
    created_at: str
    reason: str
    summary: str
    changes: msgspec.Raw


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFile:
    """A move that was planned.

    Attributes:
        workspace: Whose release.
        environment: What is to be moved.
        action: How.
        expected: Where the environment points; None when nothing was ever deployed to it.
        release: The id of what it will serve.
        tree: The tree of that.
        created_at: When the plan was made, RFC 3339 in UTC with seconds.
        reason: Why; may be empty.
        summary: What changes, in one line.
        changes: What changes, canonical JSON.
        record: For a deploy, the release; None else.
        description: For a deploy, what the record names; None else, and where it names none.
        restores: For a rollback, the generation that it goes back to.
        envelope: The plan as it was read or signed; None for a new one.
    """

    workspace: str
    environment: str
    action: PlannedAction
    expected: Seen | None
    release: str
    tree: Digest
    created_at: str
    reason: str = ""
    summary: str = ""
    changes: bytes = b"{}"
    record: Record | None = None
    description: Description | None = None
    restores: int | None = None
    envelope: Envelope | None = field(default=None, repr=False, compare=False)

    @property
    def sealed(self) -> Envelope:
        """The plan with its approvals, as it was read or as it is to be signed."""
        return self.envelope or Envelope(self._statement(), PLAN_TYPE)

    def signed(self, sign: Sign) -> "PlanFile":
        """Return this plan with the signatures that `sign` adds."""
        return replace(self, envelope=sign(self.sealed))

    def to_bytes(self) -> bytes:
        """Return the bytes of the file."""
        return self.sealed.to_bytes()

    def _statement(self) -> bytes:
        return canonical(
            _Statement(
                workspace=self.workspace,
                environment=self.environment,
                action=self.action,
                expected=self.expected,
                release=self.release,
                tree=self.tree,
                record=_encoded(self.record.to_bytes()) if self.record else None,
                description=_encoded(packed(self.description)) if self.description else None,
                restores=self.restores,
                created_at=self.created_at,
                reason=self.reason,
                summary=self.summary,
                changes=msgspec.Raw(self.changes),
            )
        )


def parse_plan_file(data: bytes, *, what: str) -> PlanFile:
    """Return the plan that the file `data` holds. Its signatures are not looked at.

    Raises:
        IntegrityError: It is no plan, or its parts do not fit each other; the message names `what`.
        UsageError: A newer Airside wrote it.
    """
    envelope = parse_envelope(data, PLAN_TYPE, what=what)
    said = decode(envelope.payload, _Statement, what=what)
    record = parse_record(_decoded(said.record, what), said.release) if said.record is not None else None
    plan = PlanFile(
        workspace=said.workspace,
        environment=said.environment,
        action=said.action,
        expected=said.expected,
        release=said.release,
        tree=said.tree,
        created_at=said.created_at,
        reason=said.reason,
        summary=said.summary,
        changes=bytes(said.changes),
        record=record,
        description=_description(said.description, record, what),
        restores=said.restores,
        envelope=envelope,
    )
    _require_consistent(plan, what)
    return plan


def _description(text: str | None, record: Record | None, what: str) -> Description | None:
    named = record.description if record else None
    if (text is None) != (named is None):
        raise IntegrityError(f"{what} is not consistent: its release names the description {named}")
    return unpack_description(_decoded(text, what), named) if text is not None and named else None


def _require_consistent(plan: PlanFile, what: str) -> None:
    if (plan.action == "deploy") != (plan.record is not None):
        raise IntegrityError(f"{what} is not consistent: a deploy has a release in it, and nothing else has")
    if (plan.action == "rollback") != (plan.restores is not None):
        raise IntegrityError(f"{what} is not consistent: a rollback names a generation, and nothing else does")
    if plan.record and (plan.record.tree, plan.record.workspace) != (plan.tree, plan.workspace):
        raise IntegrityError(f"{what} is not consistent: its release is of another tree or workspace")


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decoded(text: str, what: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise IntegrityError(f"{what} cannot be read: a part of it is not base64") from error
