from airflow.sdk import dag, task


@dag
def branch_to_no_task():
    @task.branch
    def choose():
        return "loda"  # expect: branch-task

    @task
    def load(): ...

    choose() >> load()


branch_to_no_task()
