"""Each instance of a mapped task has its own tries."""

from airflow.sdk import dag, task


@dag
def retries_of_mapped_tasks():
    @task(retries=2)
    def each(number, ti):
        if ti.try_number < number:
            raise ValueError
        return ti.try_number

    each.expand(number=[1, 2, 3, 4])


retries_of_mapped_tasks()
