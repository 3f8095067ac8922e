"""What a bundle tells Airflow's own metrics (statsd or OpenTelemetry, as Airflow is configured)."""

from airflow.observability import stats

from airside.base import clock
from airside.delivery.following import Follower


def report(bundle: str, follower: Follower, generation: int | None) -> None:
    """Report what is served, and for how long the store has not confirmed it: large where the store is down."""
    tags = {"bundle_name": bundle}
    if generation is not None:
        stats.gauge("airside.bundle.generation", generation, tags=tags)
    if (confirmed := follower.confirmed_at) is not None:
        age = (clock.now() - confirmed).total_seconds()
        stats.gauge("airside.bundle.unconfirmed_seconds", max(age, 0.0), tags=tags)
