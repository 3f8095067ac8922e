"""A task that reads the events of its inlets: of another workflow, and of this run."""

from airflow.sdk import Asset, dag, task

OURS = Asset("ours", uri="x://ours")


@dag
def asset_events_of_inlets():
    @task(outlets=[OURS])
    def writes(*, outlet_events):
        outlet_events[OURS].extra = {"by": "writes"}

    @task(inlets=[OURS])
    def reads(*, inlet_events):
        return [event.extra for event in inlet_events[OURS]]

    writes() >> reads()


asset_events_of_inlets()
