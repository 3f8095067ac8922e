"""`airside deploy ENV`."""

from typing import Any

import click

from airside.cli.context import Context
from airside.cli.drafted import drafted, known_of
from airside.cli.moved import move, plan_move
from airside.cli.moving_options import choices, moving_options
from airside.cli.verb import verb
from airside.delivery.moves import Request, propose_deploy
from airside.delivery.publish import Upload, publish


@verb
@click.argument("environment", metavar="ENV")
@click.option("--allow-dirty", is_flag=True, help="Release uncommitted changes too; the release says so.")
@moving_options
def command(context: Context, environment: str, *, allow_dirty: bool, reason: str, **options: Any) -> None:
    r"""Release this workspace to an environment.

    Takes the files of the commit, checks every workflow, signs the release if you have a key, shows what
    changes, asks, uploads what the store lacks, moves the environment in one step and waits until Airflow serves it.

    \b
    airside deploy preprod
    airside deploy production --yes --message "new sources"    in CI
    airside deploy dev --allow-dirty

    Exit codes: 1 the check finds errors, or Airflow does not serve the release; 3 refused: uncommitted
    changes, a pinned environment, a lost race, too few signatures; 4 the store does not answer.
    """
    context.workspace.settings.environment(environment)
    sign = context.sign  # a key that cannot be used is told before the checks have taken their seconds
    request = Request(context.workspace.name, environment, context.actor, reason)
    chosen = choices(options)
    with drafted(context, environment, allow_dirty=allow_dirty) as draft:
        record = draft.record.signed(sign)
        proposal = propose_deploy(context.store, request, record, draft.tree)
        report = plan_move(context, proposal, chosen, known_of(draft))

    def prepare() -> Upload:
        return publish(context.store, draft.files, record, base=proposal.served, description=draft.description)

    move(context, proposal, report, chosen, prepare)
