"""What each verb moves an environment to: values to look at first and to `activate` then."""

from dataclasses import dataclass

from airside.base.digest import Digest
from airside.base.errors import RefusedError
from airside.base.names import subject
from airside.delivery.environments import Current, read_current, read_entry, read_manifest, read_record, require_current
from airside.delivery.kinds import require_kind
from airside.delivery.lineage import earlier
from airside.release.plan import Plan, diff
from airside.release.pointer import Action, Move, Pin
from airside.release.record import Record
from airside.release.tree import Tree
from airside.store.port import Store


@dataclass(frozen=True, slots=True)
class Proposal:
    """A move that has not been made.

    Attributes:
        current: Where the environment points, None when nothing was deployed to it.
        move: Where it would point.
        record: The release that it would serve.
        plan: What that changes.
        before: The release that it serves; None where that is nothing.
    """

    current: Current | None
    move: Move
    record: Record
    plan: Plan
    before: Record | None = None

    @property
    def served(self) -> Digest | None:
        """The tree that the environment serves now: a new one may reuse its packs."""
        return self.current.pointer.tree if self.current else None

    @property
    def moves_nothing(self) -> bool:
        """Whether the environment serves this very tree already."""
        return self.current is not None and self.current.pointer.tree == self.record.tree


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks for a move of which environment, and why."""

    workspace: str
    environment: str
    actor: str
    reason: str = ""


def propose_deploy(store: Store, request: Request, record: Record, tree: Tree) -> Proposal:
    """Propose to serve the release `record` of the tree `tree`, which need not be in the store yet."""
    current = read_current(store, request.environment)
    return _proposal(store, current, _move(request, "deploy", record), record, tree)


def propose_promotion(store: Store, request: Request, source: str) -> Proposal:
    """Propose to serve the release that the environment `source` serves: the same bytes.

    Raises:
        UnknownEnvironmentError: Nothing was ever deployed to `source`.
    """
    return propose_release(store, request, require_current(store, source).pointer.release)


def propose_release(store: Store, request: Request, release: str) -> Proposal:
    """Propose to serve a release that is in the store.

    Raises:
        RefusedError: Garbage collection removed it.
        IntegrityError: It is missing or damaged.
    """
    record = read_record(store, release)
    current = read_current(store, request.environment)
    tree = read_manifest(store, record.tree).tree
    return _proposal(store, current, _move(request, "promote", record), record, tree)


def propose_rollback(store: Store, request: Request, generation: int | None, pin: Pin | None) -> Proposal:
    """Propose to serve an earlier release again.

    Args:
        store: The store that holds the environment.
        request: Who asks, and why.
        generation: The history entry to go back to; None for the release served before the current one.
        pin: Holds the environment there until somebody unpins it; None leaves it free.

    Raises:
        RefusedError: There is no earlier release, or the environment serves that one already.
    """
    current = require_current(store, request.environment)
    if generation is None:
        entry = earlier(current.pointer, lambda number: read_entry(store, current.sealed, number).pointer)
    else:
        entry = read_entry(store, current.sealed, generation).pointer
    if entry.release == current.pointer.release:
        raise RefusedError(
            f"{subject(request.environment)} serves the release of generation {entry.generation} already"
        )
    record = read_record(store, entry.release)
    move = _move(request, "rollback", record, pin=pin, restores=entry.generation)
    tree = read_manifest(store, record.tree).tree
    return _proposal(store, current, move, record, tree)


def propose_unpin(store: Store, request: Request) -> tuple[Current, Move]:
    """Propose to let the environment move again; it serves what it serves.

    Raises:
        RefusedError: It is not pinned.
    """
    current = require_current(store, request.environment)
    if current.pointer.pin is None:
        raise RefusedError(f"{subject(request.environment)} is not pinned")
    return current, _move(request, "unpin", read_record(store, current.pointer.release))


def require_workflows(proposal: Proposal, *, allow_empty: bool) -> None:
    """Refuse a move that takes the last workflow from an environment: Airflow would drop all of them at once.

    Raises:
        RefusedError: It does, and `allow_empty` is false.
    """
    removed = proposal.plan.workflows_removed
    if allow_empty or proposal.record.workflows or not removed:
        return
    raise RefusedError(
        f"Release {proposal.record.id} has no workflow, so {proposal.move.environment!r} would lose all it serves: "
        f"{', '.join(workflow.id for workflow in removed[:5])}{' and more' if len(removed) > 5 else ''}",  # noqa: PLR2004
        hint="If this is what you want, add --allow-empty.",
    )


def _move(
    request: Request, action: Action, record: Record, *, pin: Pin | None = None, restores: int | None = None
) -> Move:
    return Move(
        environment=request.environment,
        workspace=request.workspace,
        action=action,
        release=record.id,
        tree=record.tree,
        actor=request.actor,
        reason=request.reason,
        pin=pin,
        restores=restores,
    )


def _proposal(store: Store, current: Current | None, move: Move, record: Record, tree: Tree) -> Proposal:
    require_kind(record, move.environment)
    if current is None:
        return Proposal(current, move, record, diff(None, tree, (), record.workflows))
    before = read_record(store, current.pointer.release)
    plan = diff(read_manifest(store, before.tree).tree, tree, before.workflows, record.workflows)
    return Proposal(current, move, record, plan, before)
