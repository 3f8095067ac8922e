"""A workflow is switched on for the first time. Are the runs of the time before made, or not?

`catchup_off` makes the latest one alone, `catchup_on` makes them all.
"""

from datetime import UTC, datetime

from airflow.sdk import DAG, dag, task


def close_books(day: str) -> str:
    """Do the work of a year."""
    return f"closed the books on {day}"


def yearly(dag_id: str, *, catchup: bool) -> DAG:
    """Return a workflow with one run for each 1 January since 2023."""

    @dag(
        dag_id=dag_id,
        schedule="@yearly",
        start_date=datetime(2023, 1, 1, tzinfo=UTC),
        catchup=catchup,  # the only difference between the two workflows
        tags=["example"],
        doc_md=__doc__,
    )
    def years():
        task(close_books)(day="{{ ds }}")

    return years()


off = yearly("catchup_off", catchup=False)
on = yearly("catchup_on", catchup=True)
