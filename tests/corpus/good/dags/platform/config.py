from airflow.sdk import dag, task
from lib.settings import START, config

LIMIT = config("sales")["orders"]["limit"]


@dag(schedule="@daily", start_date=START, catchup=False)
def platform_config():
    @task
    def load():
        return config("sales")["regions"][:LIMIT]

    @task
    def lazily():
        from airside import config as own

        return own.get("sales.regions"), own.get("sales.orders.table"), own.get("sales.missing", default=None)

    load() >> lazily()


platform_config()
