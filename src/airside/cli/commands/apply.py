"""`airside apply FILE`."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from airside.cli.context import Context
from airside.cli.moved import move, plan_move
from airside.cli.moving_options import choices, moving_options
from airside.cli.plan_files import read_plan
from airside.cli.planned import Known
from airside.cli.replanned import replan
from airside.cli.verb import verb
from airside.delivery.publish import Upload, publish


@verb
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@moving_options
def command(context: Context, file: Path, *, reason: str, **options: Any) -> None:
    r"""Make the move that a plan file describes, and no other.

    Refused when the environment was moved since the plan was made. A deploy is made of the commit that the plan
    names, without a new check, and is the very release that was planned.

    \b
    airside plan production --out plan.json
    airside approve plan.json
    airside apply plan.json

    Exit codes: 1 Airflow does not serve the release; 2 there is no such file; 3 refused: a stale plan, too few
    approvals, another workspace, a commit that is not here; 4 the store does not answer; 5 the plan is damaged.
    """
    plan = read_plan(context, file)
    found = replan(context, plan, reason)
    proposal, files = found.proposal, found.files

    def prepare() -> Upload:
        if files is None:
            return Upload()
        return publish(context.store, files, proposal.record, base=proposal.served, description=plan.description)

    known = Known(files=files, description=plan.description)
    # What goes is in the plan, which somebody has read: it is not asked again.
    chosen = replace(choices(options), approvals=plan.sealed, allow_removals=True)
    move(context, proposal, plan_move(context, proposal, chosen, known), chosen, prepare)
