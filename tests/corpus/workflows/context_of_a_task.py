"""What a task finds in its context."""

from datetime import timedelta

from airflow.sdk import dag, get_current_context, task
from pendulum import datetime


@dag(schedule="@daily", start_date=datetime(2026, 1, 1), catchup=False)
def context_of_a_task():
    @task
    def look():
        context = get_current_context()
        run = context["dag_run"]
        return {
            "logical_date": context["logical_date"].isoformat(),
            "interval": [context["data_interval_start"].isoformat(), context["data_interval_end"].isoformat()],
            "run": [run.run_type, run.run_id, run.run_after.isoformat()],
            "ti": [context["ti"].try_number, context["ti"].map_index, context["ti"].max_tries],
            "previous": [str(context["prev_start_date_success"]), str(context["prev_data_interval_start_success"])],
            "conf": run.conf,
        }

    look()


context_of_a_task()
