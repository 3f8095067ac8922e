"""`expand` over what another task returns: a list, a mapping, and two at once."""

from airflow.sdk import dag, task


@dag
def mapped_over_an_output():
    @task
    def words():
        return ["a", "b"]

    @task
    def prices():
        return {"a": 1, "b": 2}

    @task
    def upper(word):
        return word.upper()

    @task
    def priced(item):
        return f"{item[0]}={item[1]}"

    @task
    def crossed(word, item):
        return word + item[0] + str(item[1])

    upper.expand(word=words())
    priced.expand(item=prices())
    crossed.expand(word=words(), item=prices())


mapped_over_an_output()
