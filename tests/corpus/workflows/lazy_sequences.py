"""The outputs of a mapped task are read one by one: length, index, slice, a second pass."""

from airflow.sdk import dag, task


@dag
def lazy_sequences():
    @task
    def each(number):
        return number * 10

    @task
    def reads(numbers):
        return [len(numbers), numbers[1], list(numbers[:2]), numbers[-1], sum(numbers), sum(numbers)]

    reads(each.expand(number=[1, 2, 3]))


lazy_sequences()
