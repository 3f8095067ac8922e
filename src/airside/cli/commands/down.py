"""`airside down`."""

from airside.cli.context import Context
from airside.cli.verb import verb
from airside.platform import processes
from airside.platform.local import find, leftovers


@verb
def command(context: Context) -> None:
    r"""Stop the Airflow of this workspace.

    Nothing of it is left running. Its database, logs and settings stay for the next `airside up`.

    \b
    airside down

    Exit codes: 0 also when nothing ran.
    """
    platform = find(context.workspace)
    left = processes.end(leftovers(context.workspace)) if platform is None else 0
    if platform is not None:
        context.output.progress("Stopping")
        platform.stop()
    context.output.document({"stopped": platform is not None or left > 0})
    if platform is None and not left:
        context.output.say("No Airflow of this workspace runs here")
        return
    context.output.done("Stopped", then="airside up")
