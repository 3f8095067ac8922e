"""A backend of the deployment, which writes and reads XComs its own way."""

from airflow.sdk import dag, task


@dag
def xcom_backend():
    @task
    def gives():
        return {"rows": [1, 2]}

    @task
    def takes(given):
        return given["rows"]

    takes(gives())


xcom_backend()
