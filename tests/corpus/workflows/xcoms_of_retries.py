"""A new try begins without what the one before has pushed."""

from airflow.sdk import dag, task


@dag
def xcoms_of_retries():
    @task(retries=1)
    def work(ti):
        ti.xcom_push(f"try_{ti.try_number}", ti.try_number)
        if ti.try_number == 1:
            raise ValueError
        return ti.xcom_pull(task_ids="work", key="try_1")

    work()


xcoms_of_retries()
