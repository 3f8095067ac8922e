"""The time that is looked back over, by Airflow's own clock."""

from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from airside.alerts.sources.facts import seconds
from airside.alerts.sources.port import Airflow

OVERLAP: Final = 120.0
"""Seconds that are looked at again: transactions that were still open, and hosts of Airflow with other clocks."""


def airflow_time(airflow: Airflow) -> float | None:
    """Return the latest heartbeat in Airflow's database, in seconds since 1970; None before the first.

    Airflow's clock is asked, not this machine's: both may differ by hours. Where none of its parts lives, time
    stands still, and nothing is missed.

    Raises:
        PlatformError: Airflow does not answer.
    """
    health = airflow.call("GET", "/api/v2/monitor/health")
    beats = [seconds(part.get(f"latest_{name}_heartbeat")) for name, part in health.items() if part]
    return max(beats, default=0.0) or None


def moment(at: float) -> str:
    """Return seconds since 1970 as a value in a query of Airflow's API."""
    return quote(datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds"), safe="")
