import os

from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG

PREFIX = "NO_SUCH"


class Loader:
    suffix = "PLACE"

    def load(self, **context):
        return os.environ[f"{PREFIX}_{self.suffix}"], context["ds"]  # expect: missing-environment-variable?


with DAG("environment_variable_of_a_method"):
    PythonOperator(task_id="load", python_callable=Loader().load)
