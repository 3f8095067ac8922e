from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, chain
from lib.settings import DEFAULT_ARGS, START


class Builder:
    """Builds workflows of two steps."""

    schedule = "@daily"

    def __init__(self, name, steps):
        self.name = name
        self.steps = steps

    def run(self, step, previous=None, **context):
        ti = context["ti"]
        if previous:
            return ti.xcom_pull(task_ids=previous)
        return f"{self.name}-{step}-{context['ds']}"

    def build(self):
        dag = DAG(f"built_{self.name}", schedule=self.schedule, start_date=START, catchup=False, default_args=DEFAULT_ARGS)
        tasks = []
        for index, step in enumerate(self.steps):
            tasks.append(
                PythonOperator(
                    task_id=step,
                    python_callable=self.run,
                    op_kwargs={"step": step, "previous": self.steps[index - 1] if index else None},
                    dag=dag,
                )
            )
        chain(*tasks)
        return dag


first = Builder("stock", ["read", "write"]).build()
second = Builder("returns", ["read", "match", "write"]).build()
