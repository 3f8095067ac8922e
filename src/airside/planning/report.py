"""A plan: all that is known of a move before it is made."""

from dataclasses import dataclass, field

from airside.planning.changes import Changes, FieldChange
from airside.planning.comparing import compare
from airside.planning.configs import ConfigChange, Contents, config_changes
from airside.planning.consequences import Consequences
from airside.planning.drops import Drop, Threshold
from airside.planning.lacks import Lack
from airside.planning.platform_packages import PlatformPackages
from airside.planning.source_diff import source_diff
from airside.release.description import Description
from airside.release.plan import Plan
from airside.release.pointer import Action
from airside.release.record import Record


@dataclass(frozen=True, slots=True)
class Side:
    """A release as one side of a plan.

    Attributes:
        record: Of the release.
        description: Of its workflows; None for a release that has none.
        draft: It is not in the store: its id and its time are those of this very plan, and not shown.
    """

    record: Record
    description: Description | None
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Findings:
    """How many findings the check has.

    Attributes:
        errors: That make it fail.
        warnings: That do not.
    """

    errors: int
    warnings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was found out about a move, each where somebody asked.

    Attributes:
        contents: The files that differ; `configs` are compared key by key.
        show_source: Show all of `contents` line by line.
        consequences: What the Airflow of the environment says; None where it was not asked.
        lacks: What the environment lacks; None where that was not looked up.
        findings: Of the check; None where none was made.
        refusals: Why the move will be refused, as sentences without their end: a pin, a missing check.
        approvals: How many have to approve the move and have not.
        threshold: From where on removals have to be allowed.
        allow_removals: They are.
        platform: What the Airflow of the environment runs; None where it does not say, or was not asked.
    """

    contents: Contents = field(default_factory=dict)
    show_source: bool = False
    consequences: Consequences | None = None
    lacks: tuple[Lack, ...] | None = None
    findings: Findings | None = None
    refusals: tuple[str, ...] = ()
    approvals: int = 0
    threshold: Threshold = field(default_factory=Threshold)
    allow_removals: bool = False
    platform: PlatformPackages | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReport:
    """A plan, ready to be shown.

    Attributes:
        environment: Which one is moved.
        action: What kind of move.
        before: What it serves; None where that is nothing.
        after: What it would serve.
        files: What changes by files, and which workflows these files define.
        changes: What changes by workflows; None where one of the releases does not describe its workflows.
        runtime: What has to change around the workflows: `airflow`, its version, and `lock`, the lock file's digest.
        configs: What changes in the files of `configs`.
        source: The difference of the files, line by line, where somebody asked for it.
        evidence: What else was found out.
    """

    environment: str
    action: Action
    before: Side | None
    after: Side
    files: Plan
    changes: Changes | None
    runtime: tuple[FieldChange, ...]
    configs: tuple[ConfigChange, ...]
    source: tuple[str, ...]
    evidence: Evidence

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes: no file, no workflow, and nothing around them."""
        return self.files.is_empty and not self.runtime and (self.changes is None or self.changes.is_empty)

    @property
    def misfits(self) -> bool:
        """Whether the release was built for other packages than the Airflow of the environment runs."""
        platform = self.evidence.platform
        return platform is not None and platform.misfits(self.after.record.requirements)

    @property
    def is_refused_there(self) -> bool:
        """Whether that Airflow does not serve it for that."""
        platform = self.evidence.platform
        return platform is not None and platform.refuses(self.after.record.requirements)

    @property
    def needed(self) -> tuple[FieldChange, ...]:
        """What of `runtime` is still to be done, as far as is known: the Airflow of the environment may have it."""
        platform = self.evidence.platform
        return self.runtime if platform is None else tuple(each for each in self.runtime if not platform.has(each))

    @property
    def added(self) -> tuple[str, ...]:
        """The ids of workflows that come, those of renamed ones included: to Airflow they are new."""
        return tuple(workflow.id for workflow in self.files.workflows_added)

    @property
    def removed(self) -> tuple[str, ...]:
        """The ids of workflows that go, the old ones of renamed ones included."""
        return tuple(workflow.id for workflow in self.files.workflows_removed)

    @property
    def changed(self) -> tuple[str, ...]:
        """The ids of workflows that stay and change, or whose file does."""
        different = {change.id for change in self.changes.changed if change.was is None} if self.changes else set()
        return tuple(sorted(different | {workflow.id for workflow in self.files.workflows_changed}))

    @property
    def touched(self) -> tuple[str, ...]:
        """The ids of those workflows of which only the file changes; empty where that cannot be told."""
        if self.changes is None:
            return ()
        different = {change.id for change in self.changes.changed}
        return tuple(id_ for id_ in self.changed if id_ not in different)

    @property
    def drop(self) -> Drop:
        """How much goes."""
        renamed = len(self.changes.renamed) if self.changes else 0
        served = len(self.before.record.workflows) if self.before else 0
        return Drop(len(self.removed) - renamed, served)

    @property
    def needs_allowance(self) -> bool:
        """Whether so much goes that it has to be allowed, and is not."""
        return self.drop.is_large(self.evidence.threshold) and not self.evidence.allow_removals


def make_report(
    target: tuple[str, Action], before: Side | None, after: Side, files: Plan, evidence: Evidence | None = None
) -> PlanReport:
    """Return the plan of a move.

    Args:
        target: The environment and what kind of move.
        before: What it serves; None where that is nothing.
        after: What it would serve.
        files: What changes by files.
        evidence: What else was found out.
    """
    known = evidence or Evidence()
    return PlanReport(
        environment=target[0],
        action=target[1],
        before=before,
        after=after,
        files=files,
        changes=_changes(before, after),
        runtime=_runtime(before, after),
        configs=config_changes(known.contents),
        source=source_diff(known.contents) if known.show_source else (),
        evidence=known,
    )


def detailed_exit_code(report: PlanReport) -> int:
    """Return what `plan --detailed-exitcode` ends with: 0 where nothing changes, 2 where something does."""
    return 0 if report.is_empty else 2


def _changes(before: Side | None, after: Side) -> Changes | None:
    old = before.description if before else Description()
    return None if old is None or after.description is None else compare(old, after.description)


def _runtime(before: Side | None, after: Side) -> tuple[FieldChange, ...]:
    if before is None:
        return ()
    old, new = before.record.requirements, after.record.requirements
    pairs = (("airflow", old.airflow, new.airflow), ("lock", old.lock, new.lock))
    return tuple(FieldChange(name, was, is_) for name, was, is_ in pairs if was != is_)
