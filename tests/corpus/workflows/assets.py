"""Assets that tasks change, with extras, by context and by `Metadata`; a task that fails changes none."""

from airflow.sdk import Asset, Metadata, dag, task

RAW = Asset("raw", uri="s3://bucket/raw")
CLEAN = Asset("clean", uri="s3://bucket/clean")


@dag
def assets():
    @task(outlets=[RAW])
    def plain():
        return 1

    @task(outlets=[CLEAN])
    def with_extra(*, outlet_events):
        outlet_events[CLEAN].extra = {"rows": 3}

    @task(outlets=[CLEAN])
    def with_metadata():
        yield Metadata(CLEAN, {"rows": 4})

    @task(outlets=[RAW])
    def fails():
        raise ValueError

    plain() >> with_extra() >> with_metadata() >> fails()


assets()
