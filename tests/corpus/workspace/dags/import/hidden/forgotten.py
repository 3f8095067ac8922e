from airflow.sdk import dag, task


@dag  # expect: ignored-workflow
def forgotten():
    @task
    def work(): ...

    work()


forgotten()
