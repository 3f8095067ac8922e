from airflow.sdk import dag, task


@dag
def xcom_of_no_task_in_code():
    @task
    def extract():
        return 1

    @task
    def load(ti=None):
        return ti.xcom_pull(task_ids="extrakt")  # expect: xcom-task

    extract() >> load()


xcom_of_no_task_in_code()
