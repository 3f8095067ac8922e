"""A mapped task over the outputs of another one, some of which are none."""

from airflow.sdk import dag, task


@dag
def mapped_over_a_mapped_task():
    @task
    def first(number):
        return number * 2 if number != 2 else None

    @task
    def second(number):
        return number + 1

    @task
    def total(numbers):
        return sum(numbers)

    total(second.expand(number=first.expand(number=[1, 2, 3])))


mapped_over_a_mapped_task()
