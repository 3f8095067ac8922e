"""The secrets of an environment that is rolled back: they stay, unless `--with-secrets` takes them back, too."""

from dataclasses import dataclass, replace

from airside.base.errors import AirsideError, IntegrityError, RefusedError
from airside.base.names import secrets_channel
from airside.cli.context import Context
from airside.cli.secret_moves import SecretsMove, planned_move, show
from airside.cli.trusted import require_acceptable
from airside.delivery.activate import activate
from airside.delivery.environments import read_current
from airside.delivery.moves import Request
from airside.delivery.secret_documents import propose_secrets_rollback, secrets_then
from airside.release.pointer import Pointer


@dataclass
class SecretsBack:
    """What becomes of the secrets.

    Attributes:
        context: The invocation.
        current: Those that the environment has.
        then: Those that it had when the release was last served.
        back: The move to these; None where they stay.
        moved: Where they are since.
    """

    context: Context
    current: Pointer
    then: Pointer
    back: SecretsMove | None = None
    moved: Pointer | None = None

    def show(self) -> None:
        """Print what becomes of them."""
        if self.back is not None:
            show(self.context, self.back)
            return
        self.context.output.say(
            f"Its secrets stay at generation {self.current.generation}. When this release was last served they were at "
            f"{self.then.generation}: --with-secrets takes them back, too",
            style="yellow",
        )

    def carry_out(self) -> None:
        """Move them, after the workflows: should that fail, the environment is as after any other rollback.

        Raises:
            RefusedError: The workflows were moved, and these were not.
        """
        if self.back is None:
            return
        proposal = self.back.proposal
        try:
            activation = activate(self.context.store, proposal.move, proposal.current, self.context.stamp())
        except AirsideError as error:
            raise RefusedError(
                f"{self.back.environment} was rolled back, and its secrets were not: {error.message}",
                hint=f"Try again: airside secrets rollback {self.back.environment} --to {self.then.generation}",
            ) from error
        self.moved = activation.pointer

    def document(self) -> dict[str, object]:
        """Return what `--json` prints of them."""
        now = self.moved or self.current
        return {"moved": self.moved is not None, "generation": now.generation, "then": self.then.generation}


def secrets_back(context: Context, request: Request, release: str, *, wanted: bool) -> SecretsBack | None:
    """Return what becomes of the secrets in a rollback; None where they are those of then, or the store has none.

    Args:
        context: The invocation.
        request: Who asks, about which environment, and why.
        release: What is gone back to.
        wanted: Take them back, too.

    Raises:
        RefusedError: They are wanted, and the environment had none in the store then, or they are gone.
        IntegrityError: They are wanted, and their history is damaged.
    """
    try:
        found = _now_and_then(context, request.environment, release)
    except IntegrityError as error:
        if wanted:
            raise
        # It would only be told, and must not keep anybody from going back.
        context.output.progress(f"Whether its secrets have changed cannot be told: {error.message}", style="yellow")
        return None
    if found is None:
        if wanted:
            context.output.say("Its secrets stay: they are those of then, or it has none in the store")
        return None
    current, then = found
    if then is not None:
        stays = SecretsBack(context, current, then)
        return replace(stays, back=_back(context, request, then)) if wanted else stays
    if wanted:
        raise RefusedError(
            f"When {request.environment!r} last served release {release} it had no secrets in the store",
            hint="Without --with-secrets they stay as they are. Nothing was changed.",
        )
    return None


def _now_and_then(context: Context, environment: str, release: str) -> tuple[Pointer, Pointer | None] | None:
    """Return the secrets of now and those of then; None where there are none now, or they are the same."""
    current = read_current(context.store, secrets_channel(environment))
    if current is None:
        return None
    then = secrets_then(context.store, environment, release)
    return None if then and then.release == current.pointer.release else (current.pointer, then)


def _back(context: Context, request: Request, then: Pointer) -> SecretsMove:
    proposal = propose_secrets_rollback(context.store, request, then.generation)
    require_acceptable(context, proposal.move, proposal.record)
    return planned_move(context, proposal)
