"""One workflow starts another: it says which data it has made, and the other says which data it works on.

Neither knows the other, and their schedules have nothing to do with each other.
"""

from airflow.sdk import Asset, dag, task

ORDERS = Asset("example_orders")


@task(outlets=[ORDERS])  # "when this task succeeds, the orders are new"
def store() -> int:
    """Store the orders, and say how many."""
    return 42


@task
def report() -> str:
    """Report on the orders as they are now."""
    return "reported on the orders"


@dag(dag_id="assets_orders", schedule=None, tags=["example"], doc_md=__doc__)
def orders():
    store()


@dag(dag_id="assets_report", schedule=[ORDERS], tags=["example"], doc_md=__doc__)
def report_on_orders():
    report()


producer = orders()
consumer = report_on_orders()
