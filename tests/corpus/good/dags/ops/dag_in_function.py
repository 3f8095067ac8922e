"""The old way: a function that takes the DAG, subdags as groups, bitshift lists, set_upstream."""

from datetime import datetime, timedelta

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, TaskGroup

args = {"owner": "ops", "start_date": datetime(2025, 1, 1), "retries": 1, "retry_delay": timedelta(minutes=1)}


def _print(**kwargs):
    print(kwargs["ds"], kwargs["params"].get("x"), kwargs["ti"].xcom_pull("section_1.task_1"))


def section(name, dag, size=3):
    with TaskGroup(name, dag=dag) as group:
        previous = []
        for number in range(1, size + 1):
            task = PythonOperator(task_id=f"task_{number}", python_callable=_print, dag=dag)
            task.set_upstream(previous)
            previous.append(task)
    return group


def create_dag():
    dag = DAG("dag_in_function", default_args=args, schedule=timedelta(days=1), catchup=False)
    start = EmptyOperator(task_id="start", dag=dag)
    end = EmptyOperator(task_id="end", dag=dag)
    first = section("section_1", dag)
    second = section("section_2", dag, size=2)
    first.set_upstream(start)
    second.set_upstream(first)
    end.set_upstream(second)
    return dag


dag = create_dag()
