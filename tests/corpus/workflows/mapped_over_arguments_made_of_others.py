"""`map`, `zip` with and without a fill value, `concat`, and a skip in a `map`."""

from airflow.sdk import dag, task
from airflow.sdk.exceptions import AirflowSkipException


def only_even(number):
    if number % 2:
        raise AirflowSkipException
    return number


@dag
def mapped_over_arguments_made_of_others():
    @task
    def numbers():
        return [1, 2, 3]

    @task
    def words():
        return ["a", "b"]

    @task
    def show(item):
        return str(item)

    def showing(name, items):
        return show.override(task_id=name).expand(item=items)

    n, w = numbers(), words()
    showing("mapped", n.map(lambda number: number * 100))
    showing("zipped", n.zip(w))
    showing("filled", n.zip(w, fillvalue="-"))
    showing("joined", n.concat(w))
    showing("filtered", n.map(only_even))
    showing("twice", n.map(lambda number: number + 1).map(lambda number: f"{number}!"))


mapped_over_arguments_made_of_others()
