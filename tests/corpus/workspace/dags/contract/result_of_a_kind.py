from pathlib import Path

from airflow.sdk import dag, task


def found() -> dict[str, Path]:
    return {"orders": Path("orders.csv")}


@dag
def result_of_a_kind():
    @task
    def load() -> dict[str, Path]:  # expect: unserializable-result
        return found()

    load()


result_of_a_kind()
