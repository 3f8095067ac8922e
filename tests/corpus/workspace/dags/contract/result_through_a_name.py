import threading

from airflow.sdk import dag, task


@dag
def result_through_a_name():
    @task
    def load():
        lock = threading.Event()
        return {"lock": lock}  # expect: unserializable-result

    load()


result_through_a_name()
