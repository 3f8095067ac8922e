"""When the local Airflow last heard from the store what an environment serves."""

from datetime import datetime, timedelta
from typing import Final

from airside.base.names import bundle_name
from airside.delivery.private_root import STATE
from airside.delivery.ratchet import Ratchet
from airside.workspace.workspace import Workspace

STALE_AFTER: Final = timedelta(minutes=2)
"""The local Airflow asks every second, and every minute while the store is down."""


def confirmed_at(workspace: Workspace, environment: str) -> datetime | None:
    """Return when the store last confirmed what the local Airflow serves of `environment`; None if it never did."""
    root = workspace.state / "bundles" / bundle_name(environment)
    return Ratchet(root / STATE, environment).confirmed_at()
