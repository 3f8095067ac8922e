from airflow.sdk import dag, task

SECTION = "sales"


@dag
def config_through_a_constant():
    @task
    def load():
        from airside import config as settings  # type: ignore

        return settings.get(f"{SECTION}.no_such_key")  # expect: missing-config

    load()


config_through_a_constant()
