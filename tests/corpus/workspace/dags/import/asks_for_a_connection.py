from airflow.sdk import BaseHook, dag, task


@dag
def asks_for_a_connection():
    @task
    def work():
        return host

    work()


host = BaseHook.get_connection("warehouse").host  # expect: connection-at-import
asks_for_a_connection()
