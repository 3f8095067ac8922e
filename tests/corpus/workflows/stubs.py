"""Tasks that do not run, since their outcome is given: a plain one, a mapped one, a branch, an instance."""

from airflow.sdk import dag, task


@dag
def stubs():
    @task
    def call():
        raise RuntimeError("must not run")

    @task
    def each(number):
        if number == 2:
            raise RuntimeError("must not run")
        return number * 10

    @task.branch
    def choose():
        raise RuntimeError("must not run")

    @task
    def left():
        return "left"

    @task
    def right():
        return "right"

    @task
    def total(numbers):
        return sum(numbers)

    total(each.expand(number=call()))
    choose() >> [left(), right()]


stubs()
