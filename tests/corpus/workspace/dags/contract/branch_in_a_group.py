from airflow.sdk import dag, task, task_group


@dag
def branch_in_a_group():
    @task_group
    def orders():
        @task.branch
        def choose():
            found = ["load"]
            return found  # expect: branch-task

        @task
        def load(): ...

        choose() >> load()

    orders()


branch_in_a_group()
