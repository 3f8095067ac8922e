"""Short words for tests: make releases and move environments without a workspace."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from airside.base.clock import to_text
from airside.base.digest import Digest
from airside.delivery.activate import Stamp, activate
from airside.delivery.moves import Proposal, Request, propose_deploy
from airside.delivery.publish import publish
from airside.release.pointer import Pointer
from airside.release.record import Builder, Record, Requirements, Source, Workflow
from airside.release.source import SourceFile
from airside.release.tree import Tree
from airside.store.port import Store

NOW = datetime(2026, 11, 21, 4, 30, tzinfo=UTC)
REQUEST = Request("sales-flows", "production", "ana", "because")


def sources(files: Mapping[str, str]) -> list[SourceFile]:
    return [SourceFile(path=path, content=text.encode()) for path, text in files.items()]


def record_of(files: Mapping[str, str], *, second: int = 0, lock: Digest | None = None) -> Record:
    """Return a release of `files`; every file in `dags/` defines the workflow of its name."""
    workflows = tuple(
        Workflow(id=path.removeprefix("dags/").removesuffix(".py"), file=path)
        for path in sorted(files)
        if path.startswith("dags/") and path.endswith(".py")
    )
    return Record(
        workspace="sales-flows",
        tree=Tree.of_sources(sources(files)).digest,
        created_at=to_text(NOW + timedelta(seconds=second)),
        source=Source(commit="c" * 40),
        builder=Builder(version="0.1.0"),
        workflows=workflows,
        checks=(),
        requirements=Requirements(airflow="3.3.2", lock=lock),
    )


def proposal_of(
    store: Store, files: Mapping[str, str], *, second: int = 0, request: Request = REQUEST, lock: Digest | None = None
) -> Proposal:
    return propose_deploy(store, request, record_of(files, second=second, lock=lock), Tree.of_sources(sources(files)))


def deploy(
    store: Store, files: Mapping[str, str], *, second: int = 0, request: Request = REQUEST, lock: Digest | None = None
) -> Pointer:
    """Publish `files`, made for the packages of `lock`, and move the environment of `request` to them."""
    proposal = proposal_of(store, files, second=second, request=request, lock=lock)
    publish(store, sources(files), proposal.record, base=proposal.served)
    return apply(store, proposal)


def stamp() -> Stamp:
    return Stamp(NOW, secrets.token_hex(16))


def apply(store: Store, proposal: Proposal) -> Pointer:
    activation = activate(store, proposal.move, proposal.current, stamp())
    assert activation.history_written
    return activation.pointer
