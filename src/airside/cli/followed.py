"""The Airflow that serves an environment, as far as it is known here: the local one of this workspace."""

import time
from collections.abc import Collection
from typing import TYPE_CHECKING

from airside.base.errors import FindingsError, PlatformError, RefusedError
from airside.base.names import bundle_name
from airside.cli.context import Context
from airside.delivery.environments import read_current, read_record
from airside.delivery.serving import affected, clashes, push, shortfall, wait_until_served
from airside.release.record import Record

if TYPE_CHECKING:
    from airside.platform.local import RunningPlatform

INTERVAL = 0.2
"""Seconds between two questions to Airflow."""


def tracking_platform(context: Context, environment: str) -> "RunningPlatform | None":
    """Return the local Airflow if it runs and tracks `environment`, else None."""
    from airside.platform.local import find

    platform = find(context.workspace)
    return platform if platform and environment in platform.tracked else None


def require_no_clash(context: Context, environment: str, record: Record) -> None:
    """Refuse a release that would take workflows from another environment of the same Airflow.

    Raises:
        RefusedError: Both hold a workflow of the same id.
    """
    if platform := tracking_platform(context, environment):
        refuse_clashes(context, record, environment, platform.tracked)


def refuse_clashes(context: Context, record: Record, environment: str, tracked: Collection[str]) -> None:
    """Refuse `record` in `environment` if one of the `tracked` environments holds a workflow of the same id.

    Raises:
        RefusedError: One does.
    """
    if taken := clashes(record, _others(context, environment, tracked)):
        workflow, owner = next(iter(taken.items()))
        raise RefusedError(
            f"Workflow {workflow!r} is in {environment!r} and in {owner!r}, which one Airflow tracks both; "
            "it can serve only one of them",
            hint="Track each environment in an Airflow of its own, or give one of the workflows another id.",
        )


def foreign_workflows(context: Context, environment: str) -> dict[str, str]:
    """Return the workflow ids that other environments of the Airflow which tracks `environment` use, each with its own.

    Empty where no Airflow that is known here tracks it.
    """
    platform = tracking_platform(context, environment)
    others = _others(context, environment, platform.tracked) if platform else {}
    return {workflow.id: name for name, record in others.items() for workflow in record.workflows}


def _others(context: Context, environment: str, tracked: Collection[str]) -> dict[str, Record]:
    found = {name: read_current(context.store, name) for name in tracked if name != environment}
    return {name: read_record(context.store, current.pointer.release) for name, current in found.items() if current}


def follow(context: Context, environment: str, record: Record, changed: Collection[str], seconds: float) -> bool:
    """Have the Airflow that tracks `environment` serve `record` at once, and wait until it does.

    Returns:
        Whether an Airflow serves it; False when none that is known here tracks the environment.

    Raises:
        FindingsError: It does not serve all of it within `seconds`.
    """
    if seconds <= 0 or (platform := tracking_platform(context, environment)) is None:
        return False
    bundle, client = bundle_name(environment), platform.client()
    context.output.progress(f"Waiting until Airflow serves {record.id}")
    try:
        workflows = affected(record, changed)
        push(client, bundle, workflows)
        missing = wait_until_served(
            lambda: shortfall(client, bundle, record, workflows),
            tries=int(seconds / INTERVAL),
            pause=lambda: time.sleep(INTERVAL),
        )
    except PlatformError as error:
        raise FindingsError(
            f"{environment!r} points to release {record.id}, but Airflow does not answer: {error.message}",
            hint="`airside status` shows its components.",
        ) from error
    if missing:
        raise FindingsError(
            f"{environment!r} points to release {record.id}, but after {seconds:.0f} s Airflow does not serve "
            f"all of it: {missing.describe()}",
            hint="`airside logs dag-processor` shows why; `airside rollback` takes the release back.",
        )
    return True
