"""The one place that reads the time. Below `cli/` and `airflow/`, `now` is an argument."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the time in UTC, to the microsecond."""
    return datetime.now(UTC)


def to_text(moment: datetime) -> str:
    """Return `moment` as RFC 3339 in UTC with seconds, ``2026-11-21T04:30:00Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_text(text: str) -> datetime:
    """Return the moment that `to_text` wrote.

    Raises:
        ValueError: `text` is not of that form.
    """
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
