"""`@asset`: a workflow of one task, named as its asset."""

from airflow.sdk import asset


@asset(uri="x://assets/daily", schedule=None)
def asset_decorator(self):
    return self.name
