"""`airside deploy ENV`."""

from typing import Any

import click

from airside.cli.context import Context
from airside.cli.drafted import draft_release
from airside.cli.moved import move
from airside.cli.moving_options import choices, moving_options
from airside.cli.verb import verb
from airside.delivery.moves import Request, propose_deploy
from airside.delivery.publish import publish


@verb
@click.argument("environment", metavar="ENV")
@click.option("--allow-dirty", is_flag=True, help="Release uncommitted changes too; the release says so.")
@moving_options
def command(context: Context, environment: str, *, allow_dirty: bool, reason: str, **options: Any) -> None:
    r"""Release this workspace to an environment.

    Takes the files of the commit, imports every DAG file, shows what changes, asks, uploads what the store
    lacks, moves the environment in one step and waits until Airflow serves the release.

    \b
    airside deploy preprod
    airside deploy production --yes --message "new sources"    in CI
    airside deploy dev --allow-dirty

    Exit codes: 1 a DAG file does not import, or Airflow does not serve the release; 3 refused: uncommitted
    changes, a pinned environment, a lost race; 4 the store does not answer.
    """
    context.workspace.settings.environment(environment)
    draft = draft_release(context, allow_dirty=allow_dirty)
    request = Request(context.workspace.name, environment, context.actor, reason)
    proposal = propose_deploy(context.store, request, draft.record, draft.tree)
    move(context, proposal, choices(options), lambda: publish(context.store, draft.files, draft.record))
