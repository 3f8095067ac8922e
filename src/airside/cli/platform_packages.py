"""Which packages the Airflow of an environment runs: asked of Airside's plugin in it."""

from typing import TYPE_CHECKING

from airside.base.errors import PlatformError, UsageError
from airside.cli.airflows import tracking_client
from airside.cli.context import Context
from airside.cli.patience import within
from airside.planning.platform_packages import PlatformPackages

if TYPE_CHECKING:
    from airside.platform.api import AirflowClient

_PATIENCE = 4.0
"""Seconds for one question, and for signing in before it."""


def packages_there(context: Context, environment: str) -> PlatformPackages | None:
    """Return what the Airflow that tracks `environment` runs.

    None where none is known here, or it does not say: it does not answer, lets nobody in, or has no plugin.
    """
    try:
        client = tracking_client(context, environment)
        return asked_packages(context, client, environment) if client else None
    except (PlatformError, UsageError):  # the consequences of a move tell that
        return None


def asked_packages(context: Context, client: "AirflowClient", environment: str) -> PlatformPackages | None:
    """Return what an Airflow says that it runs; None where it has no plugin.

    Raises:
        PlatformError: It does not answer.
        UsageError: What lets in to it cannot be read.
    """
    if (facts := within(_PATIENCE, client.platform)) is None:
        return None
    mismatch = facts.mismatches.get(environment, context.workspace.settings.platform.mismatch)
    return PlatformPackages(airflow=facts.airflow, lock=facts.lock, mismatch=mismatch)
