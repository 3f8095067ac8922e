import urllib.request

from airflow.sdk import dag, task


@dag
def downloads():
    @task
    def work():
        return tables

    work()


tables = urllib.request.urlopen("https://api.example.com/tables").read()  # noqa: S310  # expect: network-at-import, import-error
downloads()
