from airflow.sdk import dag, task


@dag
def secret_in_a_url():
    @task
    def load():
        return "postgresql://loader:Vx9-rT2mQ4@db.internal/sales"  # expect: literal-secret

    load()


secret_in_a_url()
