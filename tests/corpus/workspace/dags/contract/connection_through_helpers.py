from airflow.sdk import dag, task
from lib.limits import host

REPLICA = "warehouse" + "_replika"


@dag
def connection_through_helpers():
    @task
    def load():
        names = {"main": "warehouse", "replica": REPLICA}
        return host(names["replica"])

    load()


connection_through_helpers()
