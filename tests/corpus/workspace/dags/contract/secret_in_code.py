from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG("secret_in_code"):
    BashOperator(
        task_id="load",
        bash_command="load",
        env={"API_TOKEN": "ghp_0123456789abcdefghijABCDEFGHIJ012345"},  # expect: literal-secret
    )
