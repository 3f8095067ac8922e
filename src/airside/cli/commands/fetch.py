"""`airside fetch ENV DIR`."""

from collections.abc import Sequence
from pathlib import Path

import click

from airside.base.digest import Digest
from airside.base.errors import UsageError
from airside.cli.context import Context
from airside.cli.store_options import require_environment, store_opener, store_options, trust_file, trust_option
from airside.cli.verb import verb


@verb
@click.argument("environment", metavar="ENV")
@click.argument("target", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--release", metavar="ID", help="A release that ENV served before.")
@click.option("--tree", "tree", metavar="DIGEST", help="A tree that ENV served before.")
@store_options
@trust_option
def command(
    context: Context,
    environment: str,
    target: Path,
    *,
    release: str | None,
    tree: str | None,
    url: str | None,
    options: Sequence[str],
    trust: Path | None,
) -> None:
    r"""Put what an environment serves into a folder, without Airflow.

    For init containers, cron and other tools. It needs no workspace when the store is named. DIR is new, empty or
    filled by an earlier fetch; it holds all of the tree or is as it was, and what others put there is never removed.

    \b
    airside fetch production /srv/flows/current
    airside fetch production flows --store s3://my-bucket/sales-flows --option region=eu-west-3
    airside fetch production flows --release 20261121-043000-1a2b3c4d

    Exit codes: 2 nothing was ever deployed to ENV; 3 DIR holds files of others; 4 the store does not answer;
    5 a byte or a signature is wrong.
    """
    from airside.delivery.choosing import Wanted, choose
    from airside.delivery.exporting import companion, export
    from airside.delivery.ratchet import Ratchet
    from airside.delivery.trusting import Guard

    require_environment(context, environment, url)
    store = store_opener(context, url, options)()
    target = target.absolute()
    ratchet = Ratchet(companion(target) / "ratchet", environment)
    wanted = Wanted(release, _digest(tree) if tree else None)
    pointer = choose(store, environment, wanted, Guard(trust_file(context, trust, url), environment), ratchet)
    changed = export(store, pointer.tree, target)
    context.output.document(
        {
            "environment": environment,
            "generation": pointer.generation,
            "release": pointer.release,
            "tree": pointer.tree,
            "folder": str(target),
            "changed": changed,
        }
    )
    done = "holds" if changed else "holds already"
    context.output.done(
        f"{target} {done} release {pointer.release} of {environment!r}, tree {pointer.tree.short}",
        then=f"airside agent {environment} --into DIR, to follow it",
    )


def _digest(text: str) -> Digest:
    try:
        return Digest.parse(text)
    except ValueError as error:
        raise UsageError(f"--tree: {error}", hint="`airside history ENV --json` shows trees in full.") from error
