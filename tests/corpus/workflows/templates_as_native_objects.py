"""`render_template_as_native_obj`: what a template says becomes a Python object."""

from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import dag


@dag(render_template_as_native_obj=True, params={"numbers": [1, 2]})
def templates_as_native_objects():
    PythonOperator(
        task_id="total", python_callable=lambda numbers: sum(numbers), op_args=["{{ params.numbers }}"]
    )


templates_as_native_objects()
