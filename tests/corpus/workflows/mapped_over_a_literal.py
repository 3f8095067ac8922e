"""`expand` over a list that is in the DAG file, and a `partial`."""

from airflow.sdk import dag, task


@dag
def mapped_over_a_literal():
    @task
    def power(base, exponent):
        return base**exponent

    @task
    def total(numbers):
        return sum(numbers)

    total(power.partial(exponent=2).expand(base=[1, 2, 3]))


mapped_over_a_literal()
