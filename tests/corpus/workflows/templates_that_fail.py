"""A template that cannot be rendered fails the task, with its retries."""

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import dag


@dag
def templates_that_fail():
    BashOperator(task_id="syntax", bash_command="echo {{ ds")
    BashOperator(task_id="undefined", bash_command="echo {{ params.nothing.deep }}", retries=1)
    BashOperator(task_id="variable", bash_command="echo {{ var.value.nothing }}")


templates_that_fail()
