"""What `airside.toml` asks of a move: where releases come from, what they show, who approves, and a typed name.

It is asked on the machine that moves. What readers demand is in the trust file on their side (`airside.signing`).
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from airside.base.errors import RefusedError, UntrustedError, UsageError
from airside.base.names import environment_of_channel, is_channel
from airside.cli.context import Context
from airside.delivery.countersignatures import read_signature
from airside.delivery.environments import read_current, read_history
from airside.delivery.moves import Proposal
from airside.release.envelope import Envelope

if TYPE_CHECKING:
    from airside.release.record import Record
    from airside.signing.rules import Keys
    from airside.signing.trust import Trust
    from airside.workspace.settings import EnvironmentSettings

TEST: Final = "test"
TEST_VERIFIED: Final = "test:verified"
"""What `require` names: that the tests passed; that they verify every task, too."""

_APPROVAL: Final = "approval:"
_UNCHANGED: Final = ". Nothing was changed"


def require_permitted(context: Context, proposal: Proposal, approvals: Envelope | None = None) -> list[str]:
    """Refuse a move that the `[environments.<name>]` of `airside.toml` does not permit.

    A rollback is to a release that the environment has served, so it was permitted once: it is not asked again.

    Args:
        context: The invocation.
        proposal: The move.
        approvals: The plan that is applied, with the signatures of those who approved it; None without a plan.

    Returns:
        The ids of the keys whose approvals count.

    Raises:
        RefusedError: The release comes from elsewhere, did not pass what is required, or too few approved the move.
    """
    if proposal.move.action == "rollback":
        return []
    settings = context.workspace.settings.environment(proposal.move.environment)
    _require_origin(context, proposal, settings)
    if not settings.require:
        return []
    trust = _require_verified(context, proposal)
    _require_checks(proposal, settings)
    needed = _needed(settings)
    return _require_approvals(trust, proposal, approvals, needed) if needed else []


def refusals(context: Context, proposal: Proposal, *, unpin: bool = False) -> tuple[str, ...]:
    """Return why a move will be refused, as far as a plan can tell, as sentences without their end.

    Who signs a release that is not in the store is known when it is deployed: CI that comments on a pull request has
    no key. Approvals are `approvals_needed`.

    Args:
        context: The invocation.
        proposal: The move.
        unpin: A pin does not hold.
    """
    if proposal.move.action == "rollback":
        return ()
    name, found = proposal.move.environment, []
    settings = context.workspace.settings.environment(name)
    pin = proposal.current.pointer.pin if proposal.current else None
    if pin and not unpin:
        found.append(f"{name} is pinned by {pin.by}")
    asked: list[Callable[[], object]] = [partial(_require_origin, context, proposal, settings)]
    if settings.require:
        asked.append(partial(_require_checks, proposal, settings))
    if settings.require and proposal.move.action != "deploy":
        asked.append(partial(_require_verified, context, proposal))
    for ask in asked:
        try:
            ask()
        except RefusedError as error:
            found.append(error.message.removesuffix(_UNCHANGED))
    return tuple(found)


def approvals_needed(context: Context, proposal: Proposal) -> int:
    """Return how many have to approve a move."""
    if proposal.move.action == "rollback":
        return 0
    return _needed(context.workspace.settings.environment(proposal.move.environment))


def confirm_move(context: Context, proposal: Proposal, confirmed: str | None) -> None:
    """Ask before an environment is moved; for a protected one its name has to be typed, or given in advance.

    Args:
        context: The invocation.
        proposal: The move.
        confirmed: What `--confirm` names; None without it.

    Raises:
        UsageError: `--confirm` names another environment.
        RefusedError: The answer is no, or nobody can be asked.
    """
    name, action = environment_of_channel(proposal.move.environment), proposal.move.action
    if is_channel(proposal.move.environment):
        what, question = "change its secrets?", f"Change the secrets of {name}?"
    else:
        what, question = f"{action} to it?", f"{action.capitalize()} to {name}?"
    if not _is_confirmed(name, confirmed, "move") and not _is_typed(context, name, what):
        context.confirm(question)


def confirm_unpin(context: Context, name: str, confirmed: str | None) -> None:
    """Ask for the name of a protected environment before it is free to move again.

    Raises:
        UsageError: `--confirm` names another environment.
        RefusedError: Another name is typed, or nobody can be asked.
    """
    if not _is_confirmed(name, confirmed, "unpin"):
        _is_typed(context, name, "let it move again?")


def _is_confirmed(name: str, confirmed: str | None, action: str) -> bool:
    if confirmed is not None and confirmed != name:
        raise UsageError(f"--confirm names {confirmed!r}, and this would {action} {name!r}; nothing was changed")
    return confirmed is not None


def _is_typed(context: Context, name: str, question: str) -> bool:
    """Tell whether the name of the environment was asked for, and typed: that of a protected one is."""
    if not context.workspace.settings.environment(name).protected:
        return False
    context.confirm_name(f"{name} is protected: {question}", name)
    return True


def counted_approvals(trust: "Trust", environment: str, record: "Record", plan: Envelope) -> "Keys":
    """Return the keys, by name, whose approval of `plan` counts in `environment`; one key counts once.

    These are the keys that the environment trusts with releases or with moves, without those that made the release:
    they signed its record.

    Raises:
        UntrustedError: The trust file says nothing about the environment.
    """
    from airside.signing.rules import signers

    rule = trust.rule(environment)
    trusted = {**rule.releases, **rule.moves}
    makers = {key.public for key in signers(trust.keys, record.sealed).values()}
    return {name: key for name, key in signers(trusted, plan).items() if key.public not in makers}


def _require_origin(context: Context, proposal: Proposal, settings: "EnvironmentSettings") -> None:
    """Refuse a release that served in none of the environments where releases have to come from."""
    if not settings.promote_from:
        return
    name, sources = proposal.move.environment, " or ".join(settings.promote_from)
    hint = f"Deploy it there, then `airside promote {settings.promote_from[0]} {name}`. Nothing was changed."
    if proposal.move.action == "deploy":
        raise RefusedError(f"Releases come to {name!r} from {sources} only, never by a deploy", hint=hint)
    if proposal.record.id not in _served_in(context, settings.promote_from):
        raise RefusedError(
            f"Release {proposal.record.id} never served in {sources}, where {name!r} has its own", hint=hint
        )


def _served_in(context: Context, environments: tuple[str, ...]) -> Iterator[str]:
    """Yield the releases that served in `environments`, those of today first."""
    deployed = [name for name in environments if read_current(context.store, name)]
    yield from (entry.pointer.release for name in deployed for entry in read_history(context.store, name))


def _require_verified(context: Context, proposal: Proposal) -> "Trust":
    """Return whom the workspace trusts, when they signed the release: what is required is read from its record."""
    name, record = proposal.move.environment, proposal.record
    keys = f"`airside keys trust NAME --environment {name}` says whose signatures count. Nothing was changed."
    if (trust := context.trust) is None:
        raise RefusedError(f"{name!r} requires signed checks and approvals, and there is no trust.toml", hint=keys)
    from airside.signing.trust import require_signed

    try:
        if trust.rule(name).unsigned:
            raise RefusedError(
                f"{name!r} requires signed checks and approvals; {trust.origin} trusts nobody", hint=keys
            )
        require_signed(trust, name, record, partial(read_signature, context.store, record.id))
    except UntrustedError as error:
        raise RefusedError(f"{error.message}{_UNCHANGED}", hint=error.hint) from error
    return trust


def _require_checks(proposal: Proposal, settings: "EnvironmentSettings") -> None:
    passed = {check.name for check in proposal.record.checks if check.passed}
    failed = {check.name for check in proposal.record.checks if not check.passed}
    checks = (wish.partition(":")[0] for wish in settings.require if not wish.startswith(_APPROVAL))
    for wish in dict.fromkeys(checks):
        if wish in failed or wish not in passed:
            how = "failed" if wish in failed else "is not on record as passed"
            raise RefusedError(
                f"{proposal.move.environment!r} requires {wish!r}, which {how} for release {proposal.record.id}",
                hint=f"Make a release that passes it: `airside {wish}` shows what is wrong. Nothing was changed.",
            )
    if TEST_VERIFIED in settings.require:
        _require_all_verified(proposal)


def _require_all_verified(proposal: Proposal) -> None:
    for check in proposal.record.checks:
        if check.name == TEST and not check.is_verified:
            known = isinstance(check.tasks, int)
            said = f"verify {check.verified} of {check.tasks} tasks" if known else "do not say what they verify"
            raise RefusedError(
                f"{proposal.move.environment!r} requires tests that verify every task; those of release "
                f"{proposal.record.id} {said}",
                hint="`airside test --coverage` lists the tasks that no test verifies. Nothing was changed.",
            )


def _require_approvals(trust: "Trust", proposal: Proposal, plan: Envelope | None, needed: int) -> list[str]:
    name = proposal.move.environment
    if plan is None:
        raise RefusedError(
            f"{name!r} requires {_approvals(needed)}, so it is moved by a plan that others have approved",
            hint=f"`airside plan {name} … --out plan.json`; they `airside approve plan.json`; "
            "then `airside apply plan.json`.",
        )
    counted = counted_approvals(trust, name, proposal.record, plan)
    if len(counted) >= needed:
        return sorted(key.keyid for key in counted.values())
    from airside.signing.rules import described

    signed = ", ".join(described(trust.keys, plan)) or "nobody"
    raise RefusedError(
        f"{name!r} requires {_approvals(needed)}; the plan is signed by {signed}, of which {len(counted)} "
        f"count{'s' if len(counted) == 1 else ''}: keys that {trust.origin} names for {name!r} and that did not make "
        "the release",
        hint="`airside approve FILE` adds one. Nothing was changed.",
    )


def _needed(settings: "EnvironmentSettings") -> int:
    return sum(int(wish.removeprefix(_APPROVAL)) for wish in settings.require if wish.startswith(_APPROVAL))


def _approvals(number: int) -> str:
    return f"{number} approval{'' if number == 1 else 's'}"
