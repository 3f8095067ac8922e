"""`airside gc`."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final

import click

from airside.base.errors import UsageError
from airside.cli import collected
from airside.cli.context import Context
from airside.cli.verb import verb
from airside.release.tombstone import Grace

_LEAST_HOURS: Final = 24.0


@verb
@click.option("--dry-run", is_flag=True, help="Show what would be marked and removed; write nothing.")
@click.option("--keep-days", type=click.IntRange(min=0), default=90, show_default=True, help="Keep what was served.")
@click.option("--keep", type=click.IntRange(min=1), default=50, show_default=True, help="Keep the last moves of each.")
@click.option(
    "--grace",
    "hours",
    type=click.FloatRange(min=0),
    default=_LEAST_HOURS,
    show_default=True,
    metavar="HOURS",
    help="How long an object stays marked, and how young is too young.",
)
@click.option("--force-grace", is_flag=True, help="Allow less than 24 hours: only where nobody else writes.")
@click.option("--airflow/--no-airflow", default=True, show_default=True, help="Ask the local Airflow for its runs.")
@click.option("--keep-tree", "trees", multiple=True, metavar="DIGEST", help="Keep this tree: an Airflow runs it.")
@click.option(
    "--keep-trees",
    "tree_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Keep the trees in FILE, one a line.",
)
def command(
    context: Context,
    *,
    dry_run: bool,
    keep_days: int,
    keep: int,
    hours: float,
    force_grace: bool,
    airflow: bool,
    trees: Sequence[str],
    tree_file: Path | None,
) -> None:
    r"""Remove from the store what nothing needs any more.

    The first run marks; a later one, a day after, looks again and removes. So run it every day. What environments
    serve, what they served within --keep-days or in their last --keep moves, what a rollback would serve, and what
    runs of the local Airflow are pinned to stay. The history stays whole.

    Runs of other Airflows are not known here. They can be cleared and run again for as long as --keep-days; name
    older trees that they need with --keep-tree.

    \b
    airside gc --dry-run
    airside gc --yes
    airside gc --keep-days 30 --keep 10

    Exit codes: 3 refused; 4 the store does not answer; 5 a pointer or history is damaged, so nothing is removed.
    """
    if hours < _LEAST_HOURS and not force_grace:
        raise UsageError(
            f"--grace {hours:g} is less than {_LEAST_HOURS:g} hours, within which others may come to rely on an object",
            hint="Where nobody else writes to the store, add --force-grace.",
        )
    kept = collected.kept_trees(context, trees, tree_file, days=keep_days, ask=airflow)
    grace = Grace(marked=timedelta(hours=hours), claimed=min(timedelta(hours=1), timedelta(hours=hours)))
    collected.run(context, collected.rules(kept, grace, days=keep_days, generations=keep), dry_run=dry_run)
