"""`airside history ENV`."""

from itertools import islice

import click

from airside.cli.context import Context
from airside.cli.verb import verb
from airside.delivery.environments import read_history
from airside.release.pointer import Pointer


@verb
@click.argument("environment", metavar="ENV")
@click.option("-n", "--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many entries.")
def command(context: Context, environment: str, *, limit: int) -> None:
    r"""Show every move of an environment, the last one first.

    \b
    airside history production
    airside history production --limit 1000 --json

    Exit codes: 2 nothing was ever deployed to it; 4 the store does not answer.
    """
    context.workspace.settings.environment(environment)
    entries = [sealed.pointer for sealed in islice(read_history(context.store, environment), limit)]
    columns = ("generation", "action", "release", "tree", "by", "at", "why")
    context.output.table(columns, map(_row, entries))
    context.output.document([_document(entry) for entry in entries])


def _row(entry: Pointer) -> tuple[str, ...]:
    pinned = " (pinned)" if entry.pin else ""
    action = f"{entry.action}{pinned}"
    return str(entry.generation), action, entry.release, entry.tree.short, entry.actor, entry.at, entry.reason


def _document(entry: Pointer) -> dict[str, object]:
    return {
        "generation": entry.generation,
        "action": entry.action,
        "release": entry.release,
        "tree": entry.tree,
        "restores": entry.restores,
        "actor": entry.actor,
        "at": entry.at,
        "reason": entry.reason,
        "pinned": entry.pin is not None,
    }
