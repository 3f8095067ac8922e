"""`expand` over an empty list: skipped, and what is below by its rule."""

from airflow.sdk import dag, task


@dag
def mapped_over_nothing():
    @task
    def none():
        return []

    @task
    def each(item):
        return item

    @task
    def below(items):
        return list(items)

    @task(trigger_rule="all_done")
    def last(items):
        return list(items or [])

    mapped = each.expand(item=none())
    below(mapped)
    last(mapped)


mapped_over_nothing()
