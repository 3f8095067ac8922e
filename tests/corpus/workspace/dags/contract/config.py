from airflow.sdk import dag, task


@dag
def config_of_a_task():
    @task
    def load():
        from airside import config  # type: ignore

        return config.get("sales.no_such_key")  # expect: missing-config

    load()


config_of_a_task()
