from airflow.sdk import DAG

with DAG("empty"):  # expect: empty-workflow
    pass
