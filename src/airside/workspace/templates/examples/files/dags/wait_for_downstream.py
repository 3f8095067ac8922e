"""A day begins when the day before is finished, not just its first task.

`depends_on_past` looks at the same task of the day before. `wait_for_downstream` also looks at the tasks right after it.
"""

from datetime import UTC, datetime

from airflow.sdk import dag, task

FIRST_DAY = "2026-01-01"


@task(wait_for_downstream=True)  # and with it depends_on_past=True
def load(day: str) -> str:
    """Overwrite the table that `report` reads: yesterday's report has to be done with it."""
    return f"loaded {day}"


@task
def report(day: str, attempt: str) -> str:
    """Report on the table. The first attempt at the first day fails, so that there is something to watch."""
    if day == FIRST_DAY and attempt == "1":
        raise ValueError(f"the report of {day} did not add up")
    return f"reported {day}"


@dag(
    schedule="@daily",
    start_date=datetime(2026, 1, 1, tzinfo=UTC),
    end_date=datetime(2026, 1, 2, tzinfo=UTC),
    catchup=True,  # the days are over: make their runs now
    tags=["example"],
    doc_md=__doc__,
)
def wait_for_downstream():
    load(day="{{ ds }}") >> report(day="{{ ds }}", attempt="{{ ti.try_number }}")


workflow = wait_for_downstream()
