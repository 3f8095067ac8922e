"""An alias that a task resolves, and one that reads its events in the same run."""

from airflow.sdk import Asset, AssetAlias, dag, task


@dag
def assets_through_aliases():
    @task(outlets=[AssetAlias("files")])
    def writes(*, outlet_events):
        outlet_events[AssetAlias("files")].add(Asset("one", uri="s3://bucket/one"), extra={"n": 1})

    @task(inlets=[AssetAlias("files")])
    def reads(*, inlet_events):
        return [event.extra["n"] for event in inlet_events[AssetAlias("files")]]

    writes() >> reads()


assets_through_aliases()
