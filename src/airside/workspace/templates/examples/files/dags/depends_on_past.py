"""What happens to tomorrow's task when today's has failed?

`depends_on_past_off` goes on, `depends_on_past_on` waits until today's task has succeeded.
"""

from datetime import UTC, datetime

from airflow.sdk import DAG, dag, task

FIRST_DAY = "2026-01-01"


def load(day: str, attempt: str) -> str:
    """Load a day. The first attempt at the first day fails, so that there is something to watch."""
    if day == FIRST_DAY and attempt == "1":
        raise ValueError(f"the orders of {day} have not arrived yet")
    return f"loaded {day}"


def three_days(dag_id: str, *, depends_on_past: bool) -> DAG:
    """Return a workflow with one run for each of three days."""

    @dag(
        dag_id=dag_id,
        schedule="@daily",
        start_date=datetime(2026, 1, 1, tzinfo=UTC),
        end_date=datetime(2026, 1, 3, tzinfo=UTC),
        catchup=True,  # the days are over: make their runs now
        tags=["example"],
        doc_md=__doc__,
    )
    def days():
        # The only difference between the two workflows. It is an option of a task, not of the workflow:
        # other tasks of the same run do not wait.
        task(load, depends_on_past=depends_on_past)(day="{{ ds }}", attempt="{{ ti.try_number }}")

    return days()


off = three_days("depends_on_past_off", depends_on_past=False)
on = three_days("depends_on_past_on", depends_on_past=True)
