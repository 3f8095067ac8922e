"""At most two runs at the same time, though there are five to make."""

import time
from datetime import UTC, datetime

from airflow.sdk import dag, task


@task
def work(day: str, seconds: float = 1.0) -> str:
    """Take a moment, so that the runs can be seen side by side."""
    time.sleep(seconds)
    return f"worked on {day}"


@dag(
    schedule="@daily",
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    end_date=datetime(2026, 1, 5, tzinfo=UTC),
    catchup=True,  # the days are over: make their runs now
    max_active_runs=2,
    tags=["example"],
    doc_md=__doc__,
)
def max_active_runs():
    work(day="{{ ds }}")


workflow = max_active_runs()
