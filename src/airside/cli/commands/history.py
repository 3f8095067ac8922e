"""`airside history ENV`."""

from collections.abc import Sequence
from itertools import islice

import click

from airside.cli.context import Context
from airside.cli.trusted import signed_by
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
    entries = list(islice(read_history(context.store, environment), limit))
    signers = [signed_by(context, entry.envelope) for entry in entries]
    columns = ("generation", "action", "release", "tree", "by", "signed by", "at", "why")
    context.output.table(columns, (_row(entry.pointer, names) for entry, names in zip(entries, signers, strict=True)))
    context.output.document([_document(entry.pointer, names) for entry, names in zip(entries, signers, strict=True)])


def _row(entry: Pointer, signers: Sequence[str]) -> tuple[str, ...]:
    pinned = " (pinned)" if entry.pin else ""
    moved = (str(entry.generation), f"{entry.action}{pinned}", entry.release, entry.tree.short)
    return *moved, entry.actor, ", ".join(signers) or "unsigned", entry.at, entry.reason


def _document(entry: Pointer, signers: Sequence[str]) -> dict[str, object]:
    return {
        "generation": entry.generation,
        "action": entry.action,
        "release": entry.release,
        "tree": entry.tree,
        "restores": entry.restores,
        "actor": entry.actor,
        "signed_by": signers,
        "at": entry.at,
        "reason": entry.reason,
        "pinned": entry.pin is not None,
    }
