"""Make runs of days gone by, on purpose: a backfill."""

from datetime import UTC, datetime

from airflow.sdk import dag, task


@task
def load(day: str) -> str:
    """Load one day, and nothing but this day: so that it can be done again at any time."""
    return f"loaded {day}"


@dag(
    schedule="@daily",
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    catchup=False,  # the days before are made when somebody asks for them
    tags=["example"],
    doc_md=__doc__,
)
def backfill():
    load(day="{{ ds }}")


workflow = backfill()
