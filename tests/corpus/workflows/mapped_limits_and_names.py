"""`map_index_template` and `max_active_tis_per_dagrun`: nothing in the outcome."""

from airflow.sdk import dag, get_current_context, task


@dag(max_active_tasks=1)
def mapped_limits_and_names():
    @task(map_index_template="{{ name }}", max_active_tis_per_dagrun=1)
    def each(number):
        get_current_context()["name"] = f"number {number}"
        return number

    each.expand(number=[1, 2])


mapped_limits_and_names()
