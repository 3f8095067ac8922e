from airflow.sdk import dag, task


@dag
def connection_of_a_hook():
    @task
    def rows():
        from airflow.providers.postgres.hooks.postgres import PostgresHook

        return PostgresHook(postgres_conn_id="warehaus").get_first("select 1")  # expect: missing-connection

    rows()


connection_of_a_hook()
