"""From a proposed move to a plan file, and whether the environment is still where the plan found it."""

from itertools import islice
from typing import Final

from airside.base.errors import LostRaceError
from airside.delivery.environments import Current, read_history
from airside.delivery.moves import Proposal
from airside.release.description import Description
from airside.release.plan_file import PlanFile, PlannedAction, Seen
from airside.release.pointer import Pointer
from airside.store.port import Store

_SHOWN: Final = 5
_ACTIONS: Final[dict[str, PlannedAction]] = {"deploy": "deploy", "promote": "promote", "rollback": "rollback"}


def plan_file_of(
    proposal: Proposal, *, created_at: str, summary: str, changes: bytes, description: Description | None = None
) -> PlanFile:
    """Return the plan to make the move of `proposal`.

    Args:
        proposal: A deploy, a promotion or a rollback. For a deploy its record is written as it is: sign it before.
        created_at: When, RFC 3339 in UTC with seconds.
        summary: What changes, in one line.
        changes: What changes, canonical JSON.
        description: For a deploy, what its record names.
    """
    move, action = proposal.move, _ACTIONS[proposal.move.action]
    return PlanFile(
        workspace=move.workspace,
        environment=move.environment,
        action=action,
        expected=_seen(proposal.current),
        release=move.release,
        tree=move.tree,
        created_at=created_at,
        reason=move.reason,
        summary=summary,
        changes=changes,
        record=proposal.record if action == "deploy" else None,
        description=description if action == "deploy" else None,
        restores=move.restores,
    )


def _seen(current: Current | None) -> Seen | None:
    if current is None:
        return None
    pointer = current.pointer
    return Seen(generation=pointer.generation, release=pointer.release, digest=current.sealed.digest)


def require_fresh(store: Store, plan: PlanFile, current: Current | None) -> None:
    """Refuse a plan that was made for another state of its environment, and say what happened since.

    Args:
        store: The store.
        plan: The plan.
        current: Where its environment points now.

    Raises:
        LostRaceError: The environment has moved, or is gone. Nothing was changed.
    """
    if _seen(current) == plan.expected:
        return
    name, seen = plan.environment, plan.expected.generation if plan.expected else 0
    again = f"Make a new plan: `airside plan {name}`. Nothing was changed."
    if current is None:
        raise LostRaceError(f"The plan is stale: {name!r} was removed from {store.location} since", hint=again)
    now = current.pointer.generation
    if now <= seen:
        raise LostRaceError(
            f"The plan is stale: {name!r} was at generation {seen}, release {_release(plan)}, and is now at {now}, "
            f"release {current.pointer.release}: its history was set back",
            hint=f"`airside verify {name}` looks what is wrong. Nothing was changed.",
        )
    newest = list(islice((entry.pointer for entry in read_history(store, name)), min(now - seen, _SHOWN)))
    lines = [f"  {_told(pointer)}" for pointer in reversed(newest)]
    if (hidden := now - seen - len(newest)) > 0:
        lines.insert(0, f"  {hidden} earlier move{'s' if hidden > 1 else ''}")
    was = f"generation {seen}, release {_release(plan)}" if plan.expected else "nothing served"
    raise LostRaceError(
        f"The plan is stale: it was made for {name!r} with {was}, and since then\n" + "\n".join(lines), hint=again
    )


def _release(plan: PlanFile) -> str:
    return plan.expected.release if plan.expected else "none"


def _told(pointer: Pointer) -> str:
    before = f"from release {pointer.previous.release} " if pointer.previous else ""
    return (
        f"generation {pointer.generation}: {pointer.actor}, {pointer.action} {before}to release {pointer.release} "
        f"at {pointer.at}"
    )
