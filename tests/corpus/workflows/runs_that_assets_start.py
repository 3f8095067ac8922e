"""A workflow that assets start: the events are there."""

from airflow.sdk import Asset, dag, task

FIRST, SECOND = Asset("first", uri="x://first"), Asset("second", uri="x://second")


@dag(schedule=FIRST | SECOND)
def runs_that_assets_start():
    @task
    def reads(*, triggering_asset_events):
        return {asset.name: sorted(event.extra["n"] for event in events) for asset, events in triggering_asset_events.items()}

    @task
    def kind(dag_run):
        return dag_run.run_type.value

    reads()
    kind()


runs_that_assets_start()
