from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, TaskGroup, setup, task, teardown
from lib.settings import START

with DAG("taskflow_setups", schedule="@daily", start_date=START, catchup=False):

    @setup
    def cluster() -> str:
        return "cluster-1"

    @task
    def job(name: str, **context):
        print(context["ti"].xcom_pull(task_ids="cluster"))
        return name

    @teardown(on_failure_fail_dagrun=True)
    def remove(name: str):
        print(name)

    made = cluster()
    removing = remove(made)
    with removing:
        job(made) >> job.override(task_id="second")("x")

    with TaskGroup("classic") as classic:
        begin = BashOperator(task_id="begin", bash_command="echo begin").as_setup()
        work = BashOperator(task_id="work", bash_command="echo {{ ti.xcom_pull('classic.begin') }}")
        end = BashOperator(task_id="end", bash_command="echo end", trigger_rule="all_done").as_teardown(setups=begin)
        begin >> work >> end
    removing >> classic
