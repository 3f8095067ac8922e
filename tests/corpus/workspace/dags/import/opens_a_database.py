import sqlite3

from airflow.sdk import dag, task


@dag
def opens_a_database():
    @task
    def work():
        return tables

    work()


tables = sqlite3.connect("/etc/hostname").total_changes  # expect: database-at-import
opens_a_database()
