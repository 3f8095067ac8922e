"""What is ready at once starts by weight."""

from airflow.sdk import dag, task


@dag
def priorities():
    @task(weight_rule="absolute", priority_weight=1)
    def low():
        return 1

    @task(weight_rule="absolute", priority_weight=10)
    def high():
        return 10

    @task(weight_rule="absolute", priority_weight=5)
    def middle():
        return 5

    low(), high(), middle()


priorities()
