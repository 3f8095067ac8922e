"""Params: defaults, schemas, what `conf` overrides, in templates and in code; and those that are not valid."""

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import Param, dag, task


@dag(params={"size": Param(3, type="integer", minimum=1), "name": "orders", "note": Param(None, type=["null", "string"])})
def params():
    @task
    def of_code(params):
        return [params["size"], params["name"], params["note"]]

    @task(params={"name": "of the task"})
    def of_the_task(params):
        return params["name"]

    BashOperator(task_id="of_template", bash_command="echo {{ params.size }} {{ dag_run.conf.get('size') }}")
    of_code()
    of_the_task()


params()
