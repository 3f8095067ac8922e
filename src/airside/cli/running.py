"""The local Airflow that a verb needs."""

from airside.base.errors import PlatformError
from airside.cli.context import Context
from airside.platform.local import RunningPlatform, find, leftovers


def require_running(context: Context) -> RunningPlatform:
    """Return the local Airflow of the workspace.

    Raises:
        PlatformError: It does not run.
    """
    if platform := find(context.workspace):
        return platform
    left = leftovers(context.workspace)
    raise PlatformError(
        f"No Airflow of {context.workspace.root} runs here"
        + (f"; its supervisor was killed and {len(left)} processes are left" if left else ""),
        hint="`airside down` ends them, `airside up` starts anew." if left else "`airside up` starts one.",
    )
