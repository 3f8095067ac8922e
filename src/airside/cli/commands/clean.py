"""`airside clean`."""

from airside.cli.context import Context
from airside.cli.verb import verb
from airside.platform.local import clean


@verb
def command(context: Context) -> None:
    r"""Remove all that `up` has made, the database included.

    The Python environment, the database, the logs and the cached releases go. The workspace stays, and so does its
    store: releases and environments are its own.

    \b
    airside clean --yes

    Exit codes: 3 Airflow runs, or the answer is no.
    """
    context.confirm(f"Remove {context.workspace.state} with the database of the local Airflow?")
    clean(context.workspace)
    context.output.document({"removed": str(context.workspace.state)})
    context.output.done("Removed", then="airside up")
