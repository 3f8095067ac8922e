"""`airside releases`."""

from collections.abc import Mapping, Sequence
from itertools import islice

import click

from airside.cli.context import Context
from airside.cli.trusted import signed_by
from airside.cli.verb import verb
from airside.delivery.countersignatures import signatures_by_release
from airside.delivery.environments import environment_names, read_current, read_record, release_ids
from airside.release.record import Record


@verb
@click.option("-n", "--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many releases.")
def command(context: Context, *, limit: int) -> None:
    r"""List the releases in the store.

    The newest first, with the environments that serve them. `airside secrets history` has those of secrets.

    \b
    airside releases --limit 100

    Exit codes: 4 the store does not answer.
    """
    serving = _serving(context)
    everything = (read_record(context.store, release) for release in release_ids(context.store))
    records = list(islice((record for record in everything if record.holds is None), limit))
    more = signatures_by_release(context.store, {record.id for record in records})
    signers = {record.id: signed_by(context, record.sealed, more.get(record.id, ())) for record in records}
    columns = ("release", "tree", "workflows", "commit", "author", "signed by", "served by")
    context.output.table(columns, (_row(record, signers[record.id], serving) for record in records))
    context.output.document([_document(record, signers[record.id], serving) for record in records])


def _serving(context: Context) -> Mapping[str, list[str]]:
    serving: dict[str, list[str]] = {}
    for name in environment_names(context.store):
        if current := read_current(context.store, name):
            serving.setdefault(current.pointer.release, []).append(name)
    return serving


def _row(record: Record, signers: Sequence[str], serving: Mapping[str, list[str]]) -> tuple[str, ...]:
    source = record.source
    commit = f"{(source.commit or 'none')[:10]}{'+' if source.dirty else ''}"
    served = ", ".join(serving.get(record.id, []))
    built = (record.id, record.tree.short, str(len(record.workflows)), commit, source.author or "")
    return *built, ", ".join(signers) or "unsigned", served


def _document(record: Record, signers: Sequence[str], serving: Mapping[str, list[str]]) -> dict[str, object]:
    return {
        "release": record.id,
        "tree": record.tree,
        "created_at": record.created_at,
        "commit": record.source.commit,
        "dirty": record.source.dirty,
        "author": record.source.author,
        "signed_by": signers,
        "workflows": [workflow.id for workflow in record.workflows],
        "served_by": serving.get(record.id, []),
    }
