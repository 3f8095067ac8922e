"""Groups around a mapped group, and a plain group in it."""

from airflow.sdk import dag, task, task_group


@dag
def mapped_group_in_a_group():
    @task
    def work(number):
        return number + 1

    @task_group
    def inner(number):
        return work(number)

    @task_group
    def mapped(number):
        return work.override(task_id="after")(inner(number))

    @task_group
    def outer():
        return mapped.expand(number=[10, 20])

    @task
    def total(numbers):
        return sum(numbers)

    total(outer())


mapped_group_in_a_group()
