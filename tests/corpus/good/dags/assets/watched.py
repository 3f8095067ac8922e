from airflow.providers.standard.triggers.file import FileDeleteTrigger
from airflow.sdk import DAG, Asset, AssetWatcher, Metadata, task

FLAG = Asset("landing_flag", watchers=[AssetWatcher(name="landing", trigger=FileDeleteTrigger(filepath="/data/flag"))])

with DAG("assets_watched", schedule=[FLAG], catchup=False) as dag:

    @task(outlets=[Asset("landed")])
    def land():
        yield Metadata(Asset("landed"), {"rows": 1})

    land()

with DAG("assets_landed", schedule=Asset("landed"), catchup=False):

    @task
    def landed(): ...

    landed()
