"""Releases of a workspace, moves of its environments and plan files, made without the check of a deploy."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from folders import Folder
from shipping import NOW
from signing_keys import signer

from airside.base.clock import to_text
from airside.delivery.activate import Stamp, activate
from airside.delivery.descriptions import read_description
from airside.delivery.moves import Proposal, Request, propose_deploy, propose_promotion
from airside.delivery.plan_files import plan_file_of
from airside.delivery.publish import publish
from airside.planning.document import document
from airside.planning.report import Evidence, Side, make_report
from airside.release.description import Description, WorkflowDescription, describe
from airside.release.encoding import canonical
from airside.release.plan_file import PlanFile, parse_plan_file
from airside.release.pointer import Pointer
from airside.release.record import Builder, Check, Record, Requirements, Workflow
from airside.release.source import SourceFile
from airside.release.tree import Tree
from airside.store.folder import FolderStore
from airside.store.probe import require_capable
from airside.workspace.source import read_source
from airside.workspace.workspace import open_workspace

PASSED = (Check(name="check", passed=True, subjects=1), Check(name="test", passed=True, subjects=1))


@dataclass(frozen=True)
class Release:
    """What a workspace holds now, as a release."""

    files: Sequence[SourceFile]
    record: Record
    description: Description


@dataclass
class Place:
    """A workspace and its store."""

    folder: Folder
    now: datetime = NOW

    @property
    def store(self) -> FolderStore:
        return FolderStore(self.folder.root / ".store")

    @property
    def plan_path(self) -> Path:
        return self.folder.root.parent / "plan.json"

    def release(self, *people: str, checks: Sequence[Check] = PASSED) -> Release:
        """Return a release of what is in the workspace now, signed by `people`."""
        require_capable(self.store, now=NOW)
        self.now += timedelta(seconds=1)
        snapshot = read_source(open_workspace(self.folder.root), allow_dirty=True)
        description = describe([WorkflowDescription(id="orders", file="dags/orders.py")])
        record = Record(
            workspace="sales-flows",
            tree=Tree.of_sources(snapshot.files).digest,
            created_at=to_text(self.now),
            source=snapshot.source,
            builder=Builder(version="0.1.0"),
            workflows=(Workflow("orders", "dags/orders.py"),),
            checks=tuple(checks),
            requirements=Requirements(airflow="3.3.2"),
            description=description.digest,
        )
        for name in people:
            record = record.signed(signer(name).sign)
        return Release(snapshot.files, record, description)

    def propose(self, release: Release, environment: str = "production", reason: str = "") -> Proposal:
        request = Request("sales-flows", environment, "ana", reason)
        return propose_deploy(self.store, request, release.record, Tree.of_sources(release.files))

    def deploy(self, release: Release, environment: str, by: str = "ana") -> Pointer:
        """Move `environment` to `release`, as somebody with another tool could."""
        proposal = self.propose(release, environment)
        publish(self.store, release.files, release.record, base=proposal.served, description=release.description)
        stamp = Stamp(self.now, secrets.token_hex(16), signer(by).sign)
        return activate(self.store, proposal.move, proposal.current, stamp).pointer

    def plan_deploy(self, release: Release, environment: str = "production", *people: str) -> PlanFile:
        """Write the plan to deploy `release`, approved by `people`."""
        proposal = self.propose(release, environment, "new sources")
        return self.write(self.plan(proposal, release.description), *people)

    def plan_promotion(self, source: str, target: str, *people: str) -> PlanFile:
        """Write the plan to promote, approved by `people`."""
        return self.write(
            self.plan(propose_promotion(self.store, Request("sales-flows", target, "ana"), source)), *people
        )

    def plan(self, proposal: Proposal, description: Description | None = None) -> PlanFile:
        described = description or read_description(self.store, proposal.record)
        before = Side(proposal.before, read_description(self.store, proposal.before)) if proposal.before else None
        report = make_report(
            (proposal.move.environment, proposal.move.action),
            before,
            Side(proposal.record, described),
            proposal.plan,
            Evidence(),
        )
        return plan_file_of(
            proposal,
            created_at=to_text(NOW),
            summary="1 workflow changes",
            changes=canonical(document(report)),
            description=description,
        )

    def write(self, plan: PlanFile, *people: str) -> PlanFile:
        """Write `plan`, approved by `people`, to `plan_path`."""
        for name in people:
            plan = plan.signed(signer(name).sign)
        self.plan_path.write_bytes(plan.to_bytes())
        return plan

    def read(self) -> PlanFile:
        return parse_plan_file(self.plan_path.read_bytes(), what="The plan")
