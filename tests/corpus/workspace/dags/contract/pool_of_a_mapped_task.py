from airflow.sdk import dag, task


@dag
def pool_of_a_mapped_task():
    @task
    def load(table): ...

    load.override(pool="repotrs").expand(table=["orders"])  # expect: missing-pool


pool_of_a_mapped_task()
