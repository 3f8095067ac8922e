"""What `airside.toml` asks of a move: where releases come from, what they show, who approves, and a typed name.

It is asked on the machine that moves. What readers demand is in the trust file on their side (`airside.signing`).
"""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Final

from airside.base.errors import RefusedError, UntrustedError, UsageError
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

_APPROVAL: Final = "approval:"


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
    needed = sum(int(wish.removeprefix(_APPROVAL)) for wish in settings.require if wish.startswith(_APPROVAL))
    return _require_approvals(trust, proposal, approvals, needed) if needed else []


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
    name, action = proposal.move.environment, proposal.move.action
    if confirmed == name:
        return
    if confirmed is not None:
        raise UsageError(f"--confirm names {confirmed!r}, and this would move {name!r}; nothing was changed")
    if context.workspace.settings.environment(name).protected:
        context.confirm_name(f"{name} is protected: {action} to it?", name)
    else:
        context.confirm(f"{action.capitalize()} to {name}?")


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
        raise RefusedError(f"{error.message}. Nothing was changed", hint=error.hint) from error
    return trust


def _require_checks(proposal: Proposal, settings: "EnvironmentSettings") -> None:
    passed = {check.name for check in proposal.record.checks if check.passed}
    failed = {check.name for check in proposal.record.checks if not check.passed}
    wanted = [wish for wish in settings.require if not wish.startswith(_APPROVAL)]
    for wish in wanted:
        if wish in failed or wish not in passed:
            how = "failed" if wish in failed else "is not on record as passed"
            raise RefusedError(
                f"{proposal.move.environment!r} requires {wish!r}, which {how} for release {proposal.record.id}",
                hint=f"Make a release that passes it: `airside {wish}` shows what is wrong. Nothing was changed.",
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


def _approvals(number: int) -> str:
    return f"{number} approval{'' if number == 1 else 's'}"
