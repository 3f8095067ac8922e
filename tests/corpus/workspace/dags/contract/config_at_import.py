from airflow.sdk import dag, task

from airside import config

BATCH = config.get("shop.batch_size", int)


@dag(max_active_tasks=BATCH)
def config_at_import():
    @task
    def load():
        return config.get("sales.orders.batch", int), config.get("sales.order")  # expect: missing-config

    load()


config_at_import()
