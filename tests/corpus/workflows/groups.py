"""Task groups, with and without a prefix, and edges between them."""

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.sdk import TaskGroup, dag, task, task_group


@dag
def groups():
    @task
    def say(word):
        return word

    with TaskGroup("plain") as plain:
        EmptyOperator(task_id="first") >> EmptyOperator(task_id="second")
    with TaskGroup("bare", prefix_group_id=False) as bare:
        EmptyOperator(task_id="alone")

    @task_group(default_args={"retries": 2})
    def taking(word):
        return say(word)

    plain >> bare >> say.override(task_id="after")(taking("given"))


groups()
