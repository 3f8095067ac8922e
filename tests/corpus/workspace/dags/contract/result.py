from pathlib import Path

from airflow.sdk import dag, task


@dag
def result():
    @task
    def load() -> list[Path]:
        return [Path("orders.csv")]  # expect: unserializable-result

    load()


result()
