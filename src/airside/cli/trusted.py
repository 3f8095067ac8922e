"""What readers will say of a move, asked before it is made."""

from collections.abc import Sequence
from functools import partial

from airside.base.errors import RefusedError, UntrustedError
from airside.base.names import environment_of_channel, is_channel, subject
from airside.cli.context import Context
from airside.delivery.countersignatures import read_signature
from airside.delivery.environments import Current, read_record
from airside.release.envelope import Envelope, Signature
from airside.release.pointer import Move, Pointer
from airside.release.record import Record


def require_acceptable(context: Context, move: Move, record: Record) -> None:
    """Refuse a move that no reader would follow, by the `trust.toml` of the workspace.

    Readers decide by their own copy of it; this saves a move that ends in an error on every one of them.

    Raises:
        RefusedError: The key that signs here may not move the environment, or too few signed the release.
    """
    if context.trust is None:
        return
    from airside.signing.trust import require_signed

    try:
        _require_mover(context, move.environment)
        require_signed(context.trust, move.environment, record, partial(read_signature, context.store, move.release))
    except UntrustedError as error:
        raise RefusedError(f"{error.message}. Nothing was changed", hint=_next_step(move, error.hint)) from error


def is_accepted(context: Context, current: Current | None) -> bool:
    """Tell whether readers follow the environment to where it points now, by the `trust.toml` of the workspace."""
    if context.trust is None or current is None:
        return True
    from airside.signing.trust import require_trusted

    release = current.pointer.release
    try:
        record = read_record(context.store, release)
        require_trusted(context.trust, current.sealed, record, partial(read_signature, context.store, release))
    except UntrustedError:
        return False
    return True


def signed_by(context: Context, envelope: Envelope, more: Sequence[Signature] = ()) -> list[str]:
    """Return who signed `envelope`: names from `trust.toml` where the signature holds, else what is known of it.

    Args:
        context: The invocation.
        envelope: What was signed.
        more: Detached signatures of it.
    """
    if not (envelope.signatures or more):
        return []
    from airside.signing.rules import described

    return described(context.trust.keys if context.trust else {}, envelope, more)


def approved_by(context: Context, pointer: Pointer) -> list[str]:
    """Return whose approvals counted when the move was made, as its writer says: names from `trust.toml`, or ids."""
    keyids = pointer.approved_by or ()
    names = {key.keyid: name for name, key in context.trust.keys.items()} if keyids and context.trust else {}
    return [names.get(keyid, f"unknown key {keyid[:8]}") for keyid in keyids]


def _require_mover(context: Context, environment: str) -> None:
    from airside.signing.rules import one_of

    trust, signer = context.trust, context.signer
    if trust is None or (rule := trust.rule(environment)).unsigned:
        return
    if signer is not None and signer.public in rule.moves.values():
        return
    known = next((name for name, key in trust.keys.items() if signer and key == signer.public), None)
    yours = (
        f"yours is {known or f'{signer.name} ({signer.public.short}), unknown there'}" if signer else "you have none"
    )
    raise UntrustedError(
        f"{subject(environment)} is moved with a signature of {one_of(rule.moves)} ({trust.origin}); {yours}",
        hint="Ask one of them, or name the right key with AIRSIDE_SIGNING_KEY; `airside keys list` shows yours.",
    )


def _next_step(move: Move, hint: str | None) -> str | None:
    if is_channel(move.environment) and move.action == "deploy" and hint and "airside sign" in hint:
        verb = f"airside secrets apply {environment_of_channel(move.environment)}"
        return (
            f"`{verb} --publish-only` puts them into the store, for others to sign; `{verb} --release ID` moves then."
        )
    if move.action == "deploy" and hint and "airside sign" in hint:
        return "Deploy it to an environment that asks for less, have it signed there, and promote it."
    return hint
