"""Moving the secrets of an environment: show which names differ, ask, write, swap, and tell. No value is decrypted."""

from collections.abc import Callable
from dataclasses import dataclass

from airside.base.errors import IntegrityError
from airside.base.names import environment_of_channel
from airside.cli.context import Context
from airside.cli.protection import confirm_move
from airside.cli.trusted import require_acceptable
from airside.delivery.activate import Activation, activate
from airside.delivery.moves import Proposal
from airside.delivery.publish import Upload
from airside.delivery.secret_documents import Documents, read_applied, read_documents
from airside.secrets.ciphertext import NameChanges, name_changes

_SIGNS = (("+", "added", "green"), ("~", "changed", "yellow"), ("-", "removed", "red"))


@dataclass(frozen=True)
class SecretsMove:
    """A move of secrets, and which names differ.

    Attributes:
        proposal: The move of the channel.
        changes: By name.
    """

    proposal: Proposal
    changes: NameChanges

    @property
    def environment(self) -> str:
        """Whose secrets."""
        return environment_of_channel(self.proposal.move.environment)

    def document(self, activation: Activation | None) -> dict[str, object]:
        """Return what `--json` prints."""
        proposal = self.proposal
        return {
            "environment": self.environment,
            "action": proposal.move.action,
            "moved": activation is not None,
            "generation": activation.pointer.generation if activation else None,
            "release": proposal.record.id,
            "tree": proposal.record.tree,
            "previous": proposal.current.pointer.release if proposal.current else None,
            "restores": proposal.move.restores,
            **{what: getattr(self.changes, what) for _, what, _ in _SIGNS},
        }


def planned_move(context: Context, proposal: Proposal, documents: Documents | None = None) -> SecretsMove:
    """Return what a proposed move of secrets would change.

    Args:
        context: The invocation.
        proposal: The move of the channel.
        documents: Those that it is to; None where the store has them.

    Raises:
        IntegrityError: What the environment would have is damaged in the store.
    """
    try:
        before = read_applied(context.store, environment_of_channel(proposal.move.environment))
    except IntegrityError as error:
        # Others in place of damaged ones are what mends them.
        context.output.progress(f"Every name is shown as new: {error.message}", style="yellow")
        before = None
    after = read_documents(context.store, proposal.record) if documents is None else documents
    return SecretsMove(proposal, name_changes(before, after))


def show(context: Context, move: SecretsMove) -> None:
    """Print which names come, change and go."""
    current = move.proposal.current
    origin = f"generation {current.pointer.generation}" if current else "none in the store"
    context.output.say(f"The secrets of {move.environment}: from {origin} to release {move.proposal.record.id}")
    for sign, what, style in _SIGNS:
        for name in getattr(move.changes, what):
            context.output.say(f"  {sign} {name}", style=style)
    if not any(getattr(move.changes, what) for _, what, _ in _SIGNS):
        context.output.say("  no name and no value differs, only for whom they are encrypted")


def carry_out(
    context: Context, move: SecretsMove, confirmed: str | None, prepare: Callable[[], Upload] = Upload
) -> Activation:
    """Ask, and move the secrets.

    Args:
        context: The invocation.
        move: Where to.
        confirmed: The name of the environment, as it was given in advance.
        prepare: Uploads what the store lacks; called after the answer, so that a no leaves nothing behind.

    Raises:
        RefusedError: No reader would follow the move, somebody else was first, or the answer is no.
        StoreUnavailableError: The store does not answer.
    """
    proposal = move.proposal
    require_acceptable(context, proposal.move, proposal.record)
    confirm_move(context, proposal, confirmed)
    prepare()
    activation = activate(context.store, proposal.move, proposal.current, context.stamp())
    if not activation.history_written:
        context.output.progress("The store failed after the move; the next one completes the history", style="yellow")
    return activation


def tell(context: Context, move: SecretsMove, activation: Activation) -> None:
    """Print what was done, and the command that takes it back."""
    name, pointer = move.environment, activation.pointer
    context.output.document(move.document(activation))
    context.output.done(
        f"{name} has these secrets, generation {pointer.generation}; whatever serves it reads them within seconds",
        then=f"airside secrets {'rollback' if pointer.previous else 'history'} {name}",
    )
