"""Outputs of classic operators in fields of others, by key, in texts and in lists."""

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import dag


@dag
def chained_xcom_args():
    first = BashOperator(task_id="first", bash_command="echo one")
    second = PythonOperator(
        task_id="second", python_callable=lambda *words: {"all": " ".join(words)}, op_args=[first.output, "two"]
    )
    BashOperator(task_id="third", bash_command="echo {{ ti.xcom_pull('second')['all'] }} ${MORE}", env={"MORE": first.output})
    second.output >> BashOperator(task_id="last", bash_command="echo " + str(first.output))
    second >> first.dag.get_task("third")


chained_xcom_args()
