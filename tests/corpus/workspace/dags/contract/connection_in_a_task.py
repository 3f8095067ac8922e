from airflow.sdk import BaseHook, dag, task


@dag
def connection_in_a_task():
    @task
    def ping():
        return BaseHook.get_connection("warehaus").host  # expect: missing-connection

    ping()


connection_in_a_task()
