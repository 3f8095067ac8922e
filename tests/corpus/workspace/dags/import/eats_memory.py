# expect-file: import-memory
from airflow.sdk import dag, task


@dag
def eats_memory():
    @task
    def work():
        return len(rows)

    work()


rows = bytearray(2 * 1024**3)
eats_memory()
