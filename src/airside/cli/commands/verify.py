"""`airside verify`."""

from collections.abc import Sequence
from pathlib import Path

import click

from airside.base.errors import IntegrityError, UsageError
from airside.cli import verified
from airside.cli.context import Context
from airside.cli.verb import verb


@verb
@click.argument("environments", metavar="[ENV]...", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every environment, and every object in the store.")
@click.option("--deep", is_flag=True, help="Read the contents of every earlier release too.")
@click.option("--repair", is_flag=True, help="Mend what can be mended, after asking.")
@click.option(
    "--from",
    "copies",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="FOLDER",
    help="Take missing files from a folder of trees, such as that of an Airflow's bundle.",
)
@click.option("--dry-run", is_flag=True, help="With --repair: show what would be mended, and stop.")
def command(
    context: Context,
    environments: Sequence[str],
    *,
    everything: bool,
    deep: bool,
    repair: bool,
    copies: Path | None,
    dry_run: bool,
) -> None:
    r"""Look whether every object of the store is whole, and mend it.

    Without an ENV, all of airside.toml. Every history entry and every record are read; contents are compared byte
    for byte for what is served and for what a rollback would serve. --deep does that for all of the history, and
    --all for all of the store. Signatures are compared with trust.toml, where there is one.

    \b
    airside verify production
    airside verify --all
    airside verify production --repair --from /opt/airflow/bundles/production

    Exit codes: 0 all is whole; 2 nothing was ever deployed to an ENV; 4 the store does not answer; 5 something is
    damaged, missing or not trusted.
    """
    if (copies or dry_run) and not repair:
        raise UsageError("--from and --dry-run belong to --repair")
    scope = verified.scope(context, environments, everything=everything, deep=deep)
    store = verified.open_(context)
    report = verified.look(context, store, scope)
    verified.require_deployed(store, report, environments)
    verified.show(context.output, report)
    repairs: list[dict[str, object]] = []
    if repair:
        mended = verified.mend(context, store, report, copies, dry_run=dry_run)
        repairs = mended.document
        report = verified.look(context, store, scope) if mended.done else report
    context.output.document(verified.document(report) | ({"repairs": repairs} if repair else {}))
    if not report.faults:
        context.output.done(verified.summary(report), then="airside gc --dry-run" if everything else None)
        return
    if context.output.as_json:  # they are in the document, and there is to be one alone
        raise click.exceptions.Exit(IntegrityError.exit_code)
    count = len(report.faults)
    hint = "What is left needs the advice above." if repair else "`airside verify --repair` mends what can be mended."
    raise IntegrityError(f"{count} fault{'s' if count > 1 else ''} in {store.location}", hint=hint)
