from airflow.sdk import DAG, Asset, AssetAlias, Metadata, task
from lib.settings import START

ALIAS = AssetAlias("arrivals")

with DAG("aliases_write", schedule="@daily", start_date=START, catchup=False):

    @task(outlets=[ALIAS])
    def write(*, outlet_events):
        outlet_events[ALIAS].add(Asset("arrivals_orders"), extra={"rows": 1})

    @task(outlets=[AssetAlias("arrivals_too")])
    def write_too():
        yield Metadata(Asset("arrivals_customers"), extra={"rows": 1}, alias=AssetAlias("arrivals_too"))

    write() >> write_too()

with DAG("aliases_read", schedule=[Asset("arrivals_orders"), Asset("arrivals_customers")], catchup=False):

    @task(inlets=[ALIAS])
    def read(*, inlet_events):
        print(inlet_events[ALIAS])

    read()
