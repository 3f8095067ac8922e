"""A test of one task of a workflow, with the outputs of those above."""

from airflow.sdk import dag, task


@dag
def runs_of_one_task():
    @task
    def extract():
        raise RuntimeError("must not run")

    @task
    def transform(rows):
        return [row * 2 for row in rows]

    @task
    def load(rows):
        raise RuntimeError("must not run")

    load(transform(extract()))


runs_of_one_task()
