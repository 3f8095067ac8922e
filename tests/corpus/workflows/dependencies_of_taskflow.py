"""Values from task to task, in lists and mappings too, and an edge without a value."""

from airflow.sdk import dag, task


@dag
def dependencies_of_taskflow():
    @task
    def one():
        return 1

    @task
    def two():
        return 2

    @task
    def add(numbers, more):
        return sum(numbers) + more["three"]

    @task
    def done():
        return "done"

    first = one()
    add([first, two()], {"three": first}) >> done()


dependencies_of_taskflow()
