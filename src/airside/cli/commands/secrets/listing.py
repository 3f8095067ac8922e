"""`airside secrets list`."""

import click

from airside.cli.context import Context
from airside.cli.secret_files import BASE, document_path, environment_of, no_secrets, shown
from airside.cli.verb import verb


@verb
@click.argument("environment", metavar="ENV|base")
@click.option("--all", "every", is_flag=True, help="Show also what base has and the environment replaces.")
def command(context: Context, environment: str, *, every: bool) -> None:
    r"""List the names that an environment has; no key is needed.

    \b
    airside secrets list preprod
    airside secrets list preprod --all --json

    Exit codes: 1 a document is broken; 2 no such environment, or it has no document.
    """
    rows = _rows(context, environment)
    listed = [row for row in rows if every or not row["replaced_by"]]
    context.output.document({"environment": environment, "secrets": listed})
    context.output.table(
        ("name", "kind", "document"),
        [(row["name"], row["kind"], row["file"] + _replaced(row)) for row in listed],
    )


def _rows(context: Context, environment: str) -> list[dict[str, str]]:
    from airside.secrets.outline import outline_of

    paths = [document_path(context, layer) for layer in dict.fromkeys((environment, BASE))]
    outlines = {path: outline for path in paths if (outline := outline_of(path)) is not None}
    if not outlines:
        raise no_secrets(environment)
    first: dict[tuple[str, str], str] = {}
    rows = []
    for path, outline in outlines.items():
        for entry in outline.entries:
            owner = first.setdefault(entry, shown(context, path))
            replaced = "" if owner == shown(context, path) else environment_of(paths[0])
            kind = entry[0].removesuffix("s")
            rows.append({"name": entry[1], "kind": kind, "file": shown(context, path), "replaced_by": replaced})
    return sorted(rows, key=lambda row: (row["kind"], row["name"], row["replaced_by"]))


def _replaced(row: dict[str, str]) -> str:
    return f" (replaced by {row['replaced_by']})" if row["replaced_by"] else ""
