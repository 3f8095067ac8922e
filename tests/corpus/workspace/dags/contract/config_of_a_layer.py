from airflow.sdk import dag, task


@dag
def config_of_a_layer():
    @task
    def load():
        from airside import config

        known = config.get("shop.hosts.first"), config.get("sales.nowhere", default=None)
        return known, config.get("shop.bucket")  # expect: missing-config

    load()


config_of_a_layer()
