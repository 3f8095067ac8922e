from collections.abc import Iterator

from airflow.sdk import dag, task


@dag
def result():
    @task
    def load() -> Iterator[int]:  # expect: unserializable-result
        yield from range(3)

    load()


result()
