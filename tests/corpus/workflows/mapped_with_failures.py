"""One instance of a mapped task fails, and what is below by its rule; outputs of the others are there."""

from airflow.sdk import dag, task


@dag
def mapped_with_failures():
    @task
    def each(number):
        if number == 2:
            raise ValueError("two")
        return number

    @task
    def strict(numbers):
        return list(numbers)

    @task(trigger_rule="all_done")
    def patient(numbers):
        return list(numbers)

    @task(trigger_rule="one_success")
    def quick():
        return "quick"

    mapped = each.expand(number=[1, 2, 3])
    strict(mapped)
    patient(mapped)
    mapped >> quick()


mapped_with_failures()
