from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG

with DAG("template_in_a_nest"):
    PythonOperator(
        task_id="load",
        python_callable=print,
        op_args=[{"days": ["{{ ds }}", ("{{ next_ds }}",)]}],  # expect: template-name
    )
