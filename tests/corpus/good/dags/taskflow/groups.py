from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, TaskGroup, chain, cross_downstream, task, task_group
from lib.settings import START


def pull(ti, source):
    return ti.xcom_pull(task_ids=source)


def pull_many(ti):
    sources = [f"outer.inner.step_{number}" for number in range(3)]
    first, *others = ti.xcom_pull(task_ids=sources)
    for source in sources:
        print(ti.xcom_pull(task_ids=source))
    return first or others


with DAG("taskflow_groups", schedule="@daily", start_date=START, catchup=False, default_args={"retries": 1}):
    start = EmptyOperator(task_id="start")
    with TaskGroup("outer", default_args={"retries": 4}, tooltip="outer") as outer:
        with TaskGroup("inner") as inner:
            steps = [BashOperator(task_id=f"step_{number}", bash_command=f"echo {number}") for number in range(3)]
            chain(*steps)
        with TaskGroup("flat", prefix_group_id=False) as flat:
            flat_one = PythonOperator(task_id="flat_one", python_callable=pull, op_kwargs={"source": "outer.inner.step_0"})
            flat_two = PythonOperator(task_id="flat_two", python_callable=pull_many)
            flat_one >> flat_two
        inner >> flat
    last = BashOperator(
        task_id="last",
        bash_command="""
        {% set found = ti.xcom_pull(task_ids=['flat_one', 'outer.inner.step_2']) %}
        {% for value in found %}
        echo {{ loop.index }} {{ value }}
        {% endfor %}
        {%- if found | length > 1 and params.get('x') is none %} echo {{ ds_nodash }} {% endif %}
        """,
    )

    @task_group(group_id="decorated", prefix_group_id=False, ui_color="#eee")
    def decorated(value):
        @task
        def plus(number):
            return number + 1

        @task
        def minus(number):
            return number - 1

        return minus(plus(value))

    cross_downstream([start], [outer])
    outer >> last >> decorated(1)
