"""Small releases and their moves, without a workspace: what tests and the kill loop ship."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from airside.base.clock import to_text
from airside.base.digest import Digest
from airside.delivery.activate import Activation, Stamp, activate
from airside.delivery.moves import Proposal, Request, propose_deploy
from airside.delivery.publish import Upload, publish
from airside.release.description import Description, WorkflowDescription, describe
from airside.release.record import Builder, Record, Requirements, Source, Workflow
from airside.release.source import SourceFile
from airside.release.tree import Tree
from airside.store.port import Store


@dataclass(frozen=True)
class Sample:
    """A release of some files, made and not yet in a store.

    Attributes:
        files: What it holds.
        record: What it says of itself.
        description: What its workflows are.
    """

    files: Sequence[SourceFile]
    record: Record
    description: Description

    @classmethod
    def of(cls, texts: Mapping[str, str], *, now: datetime, workspace: str = "sales-flows") -> "Sample":
        """Return a release of the files `texts`; each Python file in `dags/` defines the workflow of its name.

        Args:
            texts: Their contents, by path.
            now: The time that the record carries; it makes records of one tree differ.
            workspace: Whose release.
        """
        files = [SourceFile(path=path, content=text.encode()) for path, text in texts.items()]
        names = tuple(path for path in sorted(texts) if path.startswith("dags/") and path.endswith(".py"))
        workflows = tuple(Workflow(id=name[len("dags/") : -len(".py")], file=name) for name in names)
        description = describe([WorkflowDescription(id=workflow.id, file=workflow.file) for workflow in workflows])
        record = Record(
            workspace=workspace,
            tree=Tree.of_sources(files).digest,
            created_at=to_text(now),
            source=Source(commit="c" * 40),
            builder=Builder(version="0"),
            workflows=workflows,
            checks=(),
            requirements=Requirements(airflow="3"),
            description=description.digest,
        )
        return cls(files, record, description)

    def publish(self, store: Store, base: Digest | None = None) -> Upload:
        """Write this release; a tree `base` may give packs.

        Raises:
            AirsideError: As `airside.delivery.publish.publish` does.
        """
        return publish(store, self.files, self.record, base=base, description=self.description)

    def propose(self, store: Store, request: Request) -> Proposal:
        """Propose to deploy this release; nothing is written."""
        return propose_deploy(store, request, self.record, Tree.of_sources(self.files))

    def deploy(self, store: Store, request: Request, *, now: datetime) -> Activation:
        """Write this release and move the environment of `request` to it.

        Raises:
            AirsideError: As `publish` and `activate` do.
        """
        proposal = self.propose(store, request)
        self.publish(store, proposal.served)
        return make(store, proposal, now=now)


def make(store: Store, proposal: Proposal, *, now: datetime) -> Activation:
    """Make a proposed move of a release that is in the store, with a nonce of its own.

    Raises:
        AirsideError: As `activate` does.
    """
    return activate(store, proposal.move, proposal.current, Stamp(now, secrets.token_hex(16)))
