from airflow.sdk import dag, task
from lib.settings import START, shop_host

REGIONS = {"eu": "0 2 * * *", "us": "0 8 * * *"}


def make(region, schedule):
    @dag(dag_id=f"prices_{region}", schedule=schedule, start_date=START, catchup=False, tags=[region])
    def prices():
        @task(task_id=f"fetch_{region}")
        def fetch():
            return {"host": shop_host(region)}

        @task(task_id=f"store_{region}")
        def store(found: dict, ti=None):
            ti.xcom_push(key="region", value=region)
            return ti.xcom_pull(task_ids=f"fetch_{region}")["host"]

        store(fetch())

    return prices()


for name, when in REGIONS.items():
    make(name, when)
