"""The secrets of an environment in a store: releases of encrypted documents, to which a channel points.

They are moved, kept, signed and verified like all releases, on a history of their own, so that a rollback of
workflows brings no old password back (docs/formats/environments.md, channels of secrets). Nothing here decrypts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from airside.base.names import secrets_channel
from airside.delivery.environments import read_current, read_history, read_manifest, read_record
from airside.delivery.fetch import fetch_files
from airside.delivery.kinds import require_kind
from airside.delivery.moves import Proposal, Request, propose_deploy, propose_rollback
from airside.delivery.publish import Upload, publish
from airside.release.envelope import Sign, unsigned
from airside.release.pointer import Pointer
from airside.release.record import Builder, Record, Requirements, Source
from airside.release.source import SourceFile
from airside.release.tree import Tree
from airside.store.port import Store

Documents = Mapping[str, bytes]
"""Encrypted documents by their paths in the workspace, such as ``secrets/preprod.yaml``."""


@dataclass(frozen=True, slots=True)
class SecretsRelease:
    """A release of encrypted documents that is not in a store yet.

    Attributes:
        files: The documents.
        record: What is said of them.
    """

    files: Sequence[SourceFile]
    record: Record

    @classmethod
    def of(
        cls, workspace: str, documents: Documents, source: Source, *, builder: Builder, created_at: str
    ) -> "SecretsRelease":
        """Return the release of `documents` of the workspace `workspace`, not signed.

        Args:
            workspace: Its name.
            documents: The encrypted documents, the same bytes as in git.
            source: Where they came from.
            builder: What makes the release.
            created_at: When, RFC 3339 in UTC with seconds.
        """
        files = files_of(documents)
        record = Record(
            workspace=workspace,
            tree=Tree.of_sources(files).digest,
            created_at=created_at,
            source=source,
            builder=builder,
            workflows=(),
            checks=(),
            requirements=Requirements(airflow=""),
            holds="secrets",
        )
        return cls(files, record)

    def signed(self, sign: Sign = unsigned) -> "SecretsRelease":
        """Return the release with the signatures that `sign` adds."""
        return replace(self, record=self.record.signed(sign))


def files_of(documents: Documents) -> list[SourceFile]:
    """Return the files that a release of `documents` has."""
    return [SourceFile(path=path, content=content, executable=False) for path, content in sorted(documents.items())]


def channel_request(request: Request) -> Request:
    """Return `request`, which is about an environment, for the secrets of that."""
    return replace(request, environment=secrets_channel(request.environment))


def propose_secrets(store: Store, request: Request, release: SecretsRelease) -> Proposal:
    """Propose that the environment of `request` has the secrets in `release`, which need not be in the store yet.

    Raises:
        StoreUnavailableError: The store does not answer.
    """
    return propose_deploy(store, channel_request(request), release.record, Tree.of_sources(release.files))


def publish_secrets(store: Store, release: SecretsRelease) -> Upload:
    """Write the documents and their record to the store; `activate` then makes the environment have them.

    No pack of earlier documents is reused: it would keep those in the store for as long as these are there.

    Raises:
        RefusedError: Garbage collection removes what it found in the store, or it took too long.
        StoreUnavailableError: The store does not answer. Nothing refers to what was written.
    """
    return publish(store, release.files, release.record)


def propose_secrets_rollback(store: Store, request: Request, generation: int | None) -> Proposal:
    """Propose that the environment of `request` has earlier secrets again.

    They are not pinned: what is applied next, a new password, has to hold.

    Args:
        store: The store that holds them.
        request: Who asks, about which environment, and why.
        generation: The entry of the secrets' history to go back to; None for those before the current ones.

    Raises:
        UnknownEnvironmentError: The environment never had secrets in the store, or not this generation.
        RefusedError: There are no earlier ones, or they were removed, or the environment has these already.
    """
    return propose_rollback(store, channel_request(request), generation, None)


def read_applied(store: Store, environment: str) -> Documents | None:
    """Return the encrypted documents that `environment` has; None where none were ever applied.

    Their bytes are those that the channel names. Signatures are not looked at.

    Raises:
        StoreUnavailableError: The store does not answer.
        IntegrityError: The channel or what it names is damaged or missing.
        RefusedError: The channel points to a release of something else.
    """
    channel = secrets_channel(environment)
    if (current := read_current(store, channel)) is None:
        return None
    record = read_record(store, current.pointer.release)
    require_kind(record, channel)
    return read_documents(store, record)


def read_documents(store: Store, record: Record) -> Documents:
    """Return the encrypted documents that the release `record` is of.

    Raises:
        StoreUnavailableError: The store does not answer.
        IntegrityError: They are damaged or missing.
    """
    manifest = read_manifest(store, record.tree)
    return {found.file.path: bytes(found.content) for found in fetch_files(store, manifest, manifest.files)}


def secrets_then(store: Store, environment: str, release: str) -> Pointer | None:
    """Return which secrets `environment` had when it last ceased to serve `release`; None where it had none then.

    That is told by the clocks of those who made the moves, which order nothing else: people are shown it before they
    decide on it. What was applied in the very second counts as before, since secrets come before what needs them.

    Raises:
        UnknownEnvironmentError: It never had any in the store.
        StoreUnavailableError: The store does not answer.
    """
    until = _served_until(store, environment, release)
    entries = (entry.pointer for entry in read_history(store, secrets_channel(environment)))
    return next((pointer for pointer in entries if until is None or pointer.at <= until), None)


def _served_until(store: Store, environment: str, release: str) -> str | None:
    """Return when `environment` last moved away from `release`; None where it serves it, or never did."""
    later: str | None = None
    for entry in read_history(store, environment):
        if entry.pointer.release == release:
            return later
        later = entry.pointer.at
    return None
