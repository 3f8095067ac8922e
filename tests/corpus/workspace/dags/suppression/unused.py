# expect-at 13: unused-ignore
from airflow.sdk import dag, task


@dag
def unused():
    @task
    def work(): ...

    work()


unused()  # airside: ignore[empty-workflow] its tasks come later
