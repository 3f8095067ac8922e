"""Plan files on the disk: reading one, writing one."""

import os
import stat
from pathlib import Path

from airside.base.errors import RefusedError, UsageError
from airside.base.files import write_atomically
from airside.cli.context import Context
from airside.release.plan_file import MAX_PLAN_FILE_BYTES, PlanFile, parse_plan_file


def read_plan(context: Context, path: Path) -> PlanFile:
    """Return the plan in the file `path`, which is for this workspace.

    Raises:
        UsageError: There is no such file, or it cannot be read.
        IntegrityError: It is no plan, or damaged.
        RefusedError: It is for another workspace.
    """
    plan = parse_plan_file(_content(path), what=f"The plan {path}")
    if plan.workspace != context.workspace.name:
        raise RefusedError(
            f"The plan {path} is for workspace {plan.workspace!r}, and this is {context.workspace.name!r}",
            hint="Go to that workspace, or name it with -C. Nothing was changed.",
        )
    context.workspace.settings.environment(plan.environment)
    return plan


def write_plan(path: Path, plan: PlanFile) -> None:
    """Replace the file `path` by `plan`: whoever reads it meanwhile sees the old one or the new one.

    Raises:
        UsageError: It cannot be written.
    """
    try:
        write_atomically(path.resolve(), plan.to_bytes())
    except OSError as error:
        raise UsageError(
            f"The plan {path} cannot be written: {error.strerror or error}", hint="Look at the folder's mode and space."
        ) from error


def _content(path: Path) -> bytes:
    try:
        # Without O_NONBLOCK, opening a named pipe would wait for ever.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            regular = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
            data = file.read(MAX_PLAN_FILE_BYTES + 1) if regular else None
    except OSError as error:
        raise UsageError(
            f"The plan {path} cannot be read: {error.strerror or error}",
            hint="`airside plan ENV --out FILE` writes one.",
        ) from error
    if data is None or len(data) > MAX_PLAN_FILE_BYTES:
        raise UsageError(f"{path} is not a file of at most {MAX_PLAN_FILE_BYTES} bytes")
    return data
