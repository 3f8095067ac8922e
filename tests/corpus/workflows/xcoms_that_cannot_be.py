"""An output that cannot be serialized fails the task."""

from airflow.sdk import dag, task


class Own:
    pass


@dag
def xcoms_that_cannot_be():
    @task
    def made():
        return Own()

    @task
    def below(value):
        return 1

    below(made())


xcoms_that_cannot_be()
