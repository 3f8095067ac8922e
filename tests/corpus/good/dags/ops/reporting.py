import os
from datetime import datetime

from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, Variable, conf

BUCKET = os.environ.get("LAKE_BUCKET", "lake")
PARALLELISM = conf.getint("core", "parallelism")


def report(**kwargs):
    recipients = Variable.get("alert_recipients")
    region = os.environ["REGION"]
    home = os.environ["HOME"]
    dag_run = kwargs["dag_run"]
    print(recipients, region, home, BUCKET, PARALLELISM, dag_run.conf.get("month"), os.getenv("ANYTHING"))
    for task_id in ("copy", "merge"):
        kwargs["ti"].xcom_pull(dag_id="invoices", task_ids=task_id, include_prior_dates=True)


with DAG("reporting", schedule=None, start_date=datetime(2025, 1, 1)) as dag:
    report_task = PythonOperator(task_id="report", python_callable=report)

if __name__ == "__main__":
    dag.test()
