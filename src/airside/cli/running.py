"""The local Airflow that a verb needs."""

from collections.abc import Sequence

from airside.base.errors import PlatformError
from airside.cli.context import Context
from airside.platform.local import RunningPlatform, find, is_starting, leftovers


def require_running(context: Context) -> RunningPlatform:
    """Return the local Airflow of the workspace.

    Raises:
        PlatformError: It does not run.
    """
    if platform := find(context.workspace):
        return platform
    if left := leftovers(context.workspace):
        raise unattended(context, left)
    raise PlatformError(f"No Airflow of {context.workspace.root} runs here", hint="`airside up` starts one.")


def unattended(context: Context, left: Sequence[object]) -> PlatformError:
    """Return the error of an Airflow that is not up and of which the processes `left` live."""
    root = context.workspace.root
    if is_starting(context.workspace):
        return PlatformError(f"The Airflow of {root} is being started", hint="`airside logs` shows how far it is.")
    return PlatformError(
        f"The supervisor of Airflow was killed and {len(left)} of its processes are left, which nobody watches",
        hint="`airside up` ends them and starts anew; `airside down` ends them.",
    )
