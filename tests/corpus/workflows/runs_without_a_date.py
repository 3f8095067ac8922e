"""A run without a logical date."""

from airflow.sdk import dag, get_current_context, task


@dag
def runs_without_a_date():
    @task
    def look(dag_run):
        return [dag_run.logical_date, "ds" in get_current_context()]

    look()


runs_without_a_date()
