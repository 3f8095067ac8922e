"""Workflows that run when others have written."""

from airflow.sdk import DAG, Asset, AssetAlias, AssetAll, AssetAny, AssetOrTimeSchedule, CronTriggerTimetable, task
from lib.settings import START

from lib.assets import ORDERS

CUSTOMERS = Asset(name="customers", uri="s3://lake/customers")

with DAG("sales_customers", schedule=[ORDERS], start_date=START, catchup=False):

    @task(outlets=[CUSTOMERS, AssetAlias("daily_files")], inlets=[ORDERS])
    def customers(*, inlet_events, outlet_events, triggering_asset_events=None):
        for uri, events in triggering_asset_events.items():
            print(uri, [event.extra for event in events])
        print(inlet_events[ORDERS][-1].extra)
        outlet_events[CUSTOMERS].extra = {"rows": 1}
        outlet_events[AssetAlias("daily_files")].add(Asset("s3://lake/files/1"))

    customers()

with DAG("sales_both", schedule=(ORDERS & CUSTOMERS) | Asset("s3://partner/feed"), catchup=False):

    @task
    def both():
        return 1

    both()

with DAG("sales_all", schedule=AssetAll(ORDERS, AssetAny(CUSTOMERS, Asset.ref(uri="s3://lake/orders"))), catchup=False):

    @task
    def everything(ti=None):
        return str(ti)

    everything()

with DAG("sales_alias", schedule=AssetAlias("daily_files"), catchup=False):

    @task
    def alias(): ...

    alias()

with DAG(
    "sales_or_time",
    schedule=AssetOrTimeSchedule(timetable=CronTriggerTimetable("0 1 * * 3", timezone="UTC"), assets=(ORDERS | CUSTOMERS)),
    start_date=START,
    catchup=False,
):

    @task
    def or_time(): ...

    or_time()
