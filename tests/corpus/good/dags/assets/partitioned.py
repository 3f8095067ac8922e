from airflow.sdk import (
    DAG,
    Asset,
    CronPartitionTimetable,
    PartitionedAssetTimetable,
    StartOfHourMapper,
    asset,
    task,
)

team = Asset(uri="s3://stats/team.csv", name="team_stats")

with DAG("partitioned_ingest", schedule=CronPartitionTimetable("0 * * * *", timezone="UTC")):

    @task(outlets=[team])
    def ingest(dag_run=None):
        print(dag_run.partition_key)

    ingest()


@asset(uri="s3://stats/clean.csv", schedule=PartitionedAssetTimetable(assets=team, default_partition_mapper=StartOfHourMapper()))
def clean_stats():
    pass
