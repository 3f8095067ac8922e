"""Tasks that fail as the test says: with their retries and callbacks, and without their code."""

from airflow.sdk import dag, task


def alert(context):
    print("alert", context["exception"])


@dag
def failures_that_are_given():
    @task(retries=1, on_failure_callback=alert)
    def load():
        return "never"

    @task
    def each(number):
        return number

    @task
    def at_once():
        return "never"

    @task(trigger_rule="all_done")
    def summary():
        return "summary"

    [load(), each.expand(number=[1, 2]), at_once()] >> summary()


failures_that_are_given()
