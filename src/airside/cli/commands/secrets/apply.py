"""`airside secrets apply ENV`."""

from functools import partial
from importlib import metadata

import click

from airside.base import clock
from airside.base.errors import UsageError
from airside.cli.context import Context
from airside.cli.secret_files import values
from airside.cli.secret_moves import SecretsMove, carry_out, planned_move, show, tell
from airside.cli.trusted import is_accepted
from airside.cli.verb import verb
from airside.delivery.moves import Request, propose_release
from airside.delivery.publish import Upload
from airside.delivery.secret_documents import SecretsRelease, channel_request, propose_secrets, publish_secrets
from airside.release.record import Builder, is_release_id
from airside.secrets.ciphertext import require_sealed
from airside.workspace.sealed import read_sealed


@verb
@click.argument("environment", metavar="ENV")
@click.option("--allow-dirty", is_flag=True, help="Apply uncommitted changes too; the record says so.")
@click.option("--publish-only", is_flag=True, help="Put them into the store, for others to sign, and move nothing.")
@click.option("--release", metavar="RELEASE", help="Apply what --publish-only has put into the store.")
@click.option("-m", "--message", "reason", default="", help="Why; it is kept in the history.")
@click.option("--confirm", "confirmed", metavar="NAME", help="The name of the environment: yes, even if protected.")
@click.option("--dry-run", is_flag=True, help="Show which names differ and stop.")
def command(
    context: Context,
    environment: str,
    *,
    allow_dirty: bool,
    publish_only: bool,
    release: str | None,
    reason: str,
    confirmed: str | None,
    dry_run: bool,
) -> None:
    r"""Publish the encrypted secrets of an environment.

    Takes secrets/base.yaml and secrets/ENV.yaml of the commit, as they are encrypted, into the store, and moves the
    secrets of the environment to them in one step. No key is needed; where yours fits, their checksums are looked at
    first. Whatever serves the environment reads them within seconds, without a restart. They have a history of their
    own: a rollback of workflows leaves them as they are.

    \b
    airside secrets apply preprod
    airside secrets apply production --yes --message "new password of the warehouse"
    airside secrets apply dev --allow-dirty

    Exit codes: 1 a document is not encrypted, or not as a whole; 2 there is none; 3 refused: uncommitted changes, a
    lost race, too few signatures; 4 the store does not answer; 5 a document was tampered with.
    """
    context.workspace.settings.environment(environment)
    request = Request(context.workspace.name, environment, context.actor, reason)
    if release and (publish_only or allow_dirty):
        raise UsageError("--release takes what is in the store; --publish-only and --allow-dirty are for what is here")
    made = None if release else _release(context, environment, allow_dirty=allow_dirty)
    move = _proposed(context, request, made) if made else _stored(context, request, release or "")
    if move.proposal.moves_nothing and is_accepted(context, move.proposal.current):
        _tell_no_change(context, move)
        return
    show(context, move)
    if dry_run:
        context.output.document(move.document(None))
        return
    prepare = partial(publish_secrets, context.store, made) if made else Upload
    if publish_only:
        prepare()
        _tell_published(context, move)
        return
    tell(context, move, carry_out(context, move, confirmed, prepare))
    _tell_of_working_tree(context, environment)


def _release(context: Context, environment: str, *, allow_dirty: bool) -> SecretsRelease:
    sign = context.sign  # a key that cannot be used is told first
    sealed = read_sealed(context.workspace, environment, allow_dirty=allow_dirty)
    for path, data in sealed.documents.items():
        require_sealed(data, what=path)
        _require_whole(context, path, data)
    return SecretsRelease.of(
        context.workspace.name,
        sealed.documents,
        sealed.source,
        builder=Builder(name="airside", version=metadata.version("airside")),
        created_at=clock.to_text(context.now()),
    ).signed(sign)


def _require_whole(context: Context, path: str, data: bytes) -> None:
    """Where a key here fits, refuse a document that was tampered with: it would fail every look-up."""
    try:
        values(data, what=path)
    except UsageError as error:
        context.output.detail(f"The checksum of {path} was not looked at: {error.message}")


def _proposed(context: Context, request: Request, made: SecretsRelease) -> SecretsMove:
    documents = {file.path: file.content for file in made.files}
    return planned_move(context, propose_secrets(context.store, request, made), documents)


def _stored(context: Context, request: Request, release: str) -> SecretsMove:
    if not is_release_id(release):
        raise UsageError(f"{release[:100]!r} is not the id of a release", hint="`--publish-only` prints it.")
    return planned_move(context, propose_release(context.store, channel_request(request), release))


def _tell_no_change(context: Context, move: SecretsMove) -> None:
    name = move.environment
    context.output.document(move.document(None))
    context.output.done(f"Nothing to do: {name} has these secrets already", then=f"airside secrets history {name}")


def _tell_published(context: Context, move: SecretsMove) -> None:
    release = move.proposal.record.id
    context.output.document(move.document(None))
    context.output.done(
        f"Release {release} is in the store, and nothing was moved",
        then=f"airside sign {release}; then airside secrets apply {move.environment} --release {release}",
    )


def _tell_of_working_tree(context: Context, environment: str) -> None:
    from airside.platform.local import find

    platform = find(context.workspace)
    if platform is not None and environment not in platform.tracked:
        served = ", ".join(platform.tracked) or "the working tree, with the secrets in it"
        context.output.progress(f"The local Airflow does not read them: it serves {served}")
