"""The record of a release: a tree, where it came from, what was checked and what it needs.

It is stored as a DSSE envelope around an in-toto statement, so that other tools can read and verify it
(https://github.com/secure-systems-lab/dsse, https://in-toto.io/Statement/v1).
"""

import re
from dataclasses import dataclass, field, replace
from typing import Annotated, Final, Literal

import msgspec

from airside.base.clock import from_text
from airside.base.digest import Digest
from airside.base.errors import IntegrityError
from airside.release.encoding import Document, canonical, decode, decode_plain
from airside.release.envelope import Envelope, Sign, parse_envelope
from airside.release.tree import Sha256, Size

MAX_RECORD_BYTES: Final = 16 * 1024 * 1024
"""Bytes of a record: 50,000 workflows with long names fit."""

PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE: Final = "https://airside.dev/release/v1"

Holds = Literal["secrets"]
"""What the tree of a release is, where that is not workflows."""

_RELEASE_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{8}")

ReleaseId = Annotated[str, msgspec.Meta(pattern=rf"\A{_RELEASE_ID.pattern}\Z")]
"""``<YYYYMMDD>-<HHMMSS>-<first 8 hexadecimal digits of the statement's SHA-256>``, the time in UTC."""


def is_release_id(text: str) -> bool:
    """Tell whether `text` can be the id of a release."""
    return _RELEASE_ID.fullmatch(text) is not None


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where the files came from.

    Attributes:
        commit: The full name of the git commit; None before the first one.
        branch: The branch that was checked out; None on a detached head.
        repository: The URL of the remote, without credentials; None where there is none.
        author: Of the commit, ``Name <address>``.
        message: The first line of the commit's message.
        dirty: Whether files differed from the commit.
    """

    commit: str | None = None
    branch: str | None = None
    repository: str | None = None
    author: str | None = None
    message: str | None = None
    dirty: bool = False


class Builder(msgspec.Struct, frozen=True, kw_only=True):
    """What built the release."""

    version: str
    name: str = "airside"


class Workflow(msgspec.Struct, frozen=True):
    """A workflow in the release.

    Attributes:
        id: Airflow's DAG id.
        file: The path in the tree of the file that defines it.
    """

    id: str
    file: str


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """A check that ran before the release.

    Attributes:
        name: Which one.
        passed: Whether it found nothing.
        subjects: How many things it looked at.
        tasks: Of the check `test`: how many tasks the workflows have; records of earlier versions do not say.
        verified: Of these, how many a test has verified: it looked at what they did.
    """

    name: str
    passed: bool
    subjects: Size
    tasks: Size | msgspec.UnsetType = msgspec.UNSET
    verified: Size | msgspec.UnsetType = msgspec.UNSET

    @property
    def is_verified(self) -> bool:
        """Whether it is on record that every task is verified by a test."""
        return self.passed and self.tasks is not msgspec.UNSET and self.verified == self.tasks


class Requirements(msgspec.Struct, frozen=True, kw_only=True):
    """What the release needs where it runs.

    Attributes:
        airflow: The version of Airflow that it was checked with.
        lock: The digest of the lock file of its Python packages; None where it has none.
    """

    airflow: str
    lock: Digest | None = None


class _Subject(msgspec.Struct, frozen=True):
    name: str
    digest: dict[Literal["sha256"], Sha256]


class _Predicate(Document, frozen=True, kw_only=True, tag_field="kind", tag="release"):
    workspace: str
    created_at: str
    source: Source
    builder: Builder
    workflows: tuple[Workflow, ...]
    checks: tuple[Check, ...]
    requirements: Requirements
    description: Digest | msgspec.UnsetType = msgspec.UNSET
    holds: Holds | msgspec.UnsetType = msgspec.UNSET


class _Statement(msgspec.Struct, frozen=True, kw_only=True):
    type: Literal["https://in-toto.io/Statement/v1"] = msgspec.field(name="_type")
    subject: Annotated[tuple[_Subject, ...], msgspec.Meta(min_length=1, max_length=1)]
    predicate_type: Literal["https://airside.dev/release/v1"] = msgspec.field(name="predicateType")
    predicate: msgspec.Raw


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A release.

    Attributes:
        workspace: Whose.
        tree: What it holds.
        created_at: When it was built, RFC 3339 in UTC with seconds.
        source: Where the files came from.
        builder: What built it.
        workflows: What Airflow found in it.
        checks: What was checked.
        requirements: What it needs.
        description: Names what its workflows are (docs/formats/descriptions.md); None where that was not written down.
        holds: What its tree is: the encrypted secrets of an environment; None for workflows.
        envelope: The statement as it was read or signed, unknown fields included; None for a new, unsigned record.
    """

    workspace: str
    tree: Digest
    created_at: str
    source: Source
    builder: Builder
    workflows: tuple[Workflow, ...]
    checks: tuple[Check, ...]
    requirements: Requirements
    description: Digest | None = None
    holds: Holds | None = None
    envelope: Envelope | None = field(default=None, repr=False, compare=False)

    @property
    def id(self) -> str:
        """The name of the release: its time and the beginning of its statement's digest."""
        return _release_id(self.created_at, self.sealed.payload)

    @property
    def sealed(self) -> Envelope:
        """The statement with its signatures, as it was read or as it is to be signed."""
        return self.envelope or Envelope(self._statement(), PAYLOAD_TYPE)

    def signed(self, sign: Sign) -> "Record":
        """Return this record with the signatures that `sign` adds. Its id stays."""
        return replace(self, envelope=sign(self.sealed))

    def to_bytes(self) -> bytes:
        """Return the envelope as it is stored."""
        return self.sealed.to_bytes()

    def _statement(self) -> bytes:
        predicate = _Predicate(
            workspace=self.workspace,
            created_at=self.created_at,
            source=self.source,
            builder=self.builder,
            workflows=self.workflows,
            checks=self.checks,
            requirements=self.requirements,
            description=self.description or msgspec.UNSET,
            holds=self.holds or msgspec.UNSET,
        )
        return canonical(
            _Statement(
                type=STATEMENT_TYPE,
                subject=(_Subject(self.workspace, {"sha256": self.tree.hex}),),
                predicate_type=PREDICATE_TYPE,
                predicate=msgspec.Raw(canonical(predicate)),
            )
        )


def parse_record(data: bytes, expected_id: str) -> Record:
    """Return the record of the release `expected_id`.

    Raises:
        IntegrityError: It is not that record.
        UsageError: A newer Airside wrote it.
    """
    what = f"The record of release {expected_id}"
    envelope = parse_envelope(data, PAYLOAD_TYPE, what=what)
    statement = envelope.payload
    if (digest := Digest.of(statement)).short != expected_id[-len(digest.short) :]:
        raise IntegrityError(f"{what} holds other bytes: their digest is {digest}")
    outer = decode_plain(statement, _Statement, what=what)
    predicate = decode(bytes(outer.predicate), _Predicate, what=what)
    subject = outer.subject[0]
    if subject.name != predicate.workspace or "sha256" not in subject.digest:
        raise IntegrityError(f"{what} is about another subject than its workspace {predicate.workspace!r}")
    try:
        found = _release_id(predicate.created_at, statement)
    except ValueError as error:
        raise IntegrityError(f"{what} has no valid time: {error}") from error
    if found != expected_id:
        raise IntegrityError(f"{what} is that of another release: {found}")
    return Record(
        workspace=predicate.workspace,
        tree=Digest.from_hex(subject.digest["sha256"]),
        created_at=predicate.created_at,
        source=predicate.source,
        builder=predicate.builder,
        workflows=predicate.workflows,
        checks=predicate.checks,
        requirements=predicate.requirements,
        description=predicate.description or None,
        holds=predicate.holds or None,
        envelope=envelope,
    )


def _release_id(created_at: str, statement: bytes) -> str:
    moment = from_text(created_at)
    return f"{moment:%Y%m%d-%H%M%S}-{Digest.of(statement).short}"
