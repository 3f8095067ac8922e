"""Classic operators that are mapped, with templates, over values and outputs."""

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import dag


def double(number):
    return number * 2


@dag
def mapped_classic_operators():
    numbers = PythonOperator(task_id="numbers", python_callable=lambda: [[1], [2]])
    doubled = PythonOperator.partial(task_id="doubled", python_callable=double).expand(op_args=numbers.output)
    BashOperator.partial(task_id="shell", append_env=True).expand(
        bash_command=["echo {{ ds }}", "echo $WORD"], env=[{"WORD": "word"}]
    )
    BashOperator.partial(task_id="of_outputs").expand(bash_command=doubled.output.map(lambda n: f"echo {n}"))


mapped_classic_operators()
