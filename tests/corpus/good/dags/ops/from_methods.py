from datetime import datetime

from airflow.sdk import BaseOperator, DAG, task


class CountOperator(BaseOperator):
    template_fields = ("table", "nested")
    conn_id = "warehouse"

    def __init__(self, table, nested=None, conn_id=None, **kwargs):
        super().__init__(**kwargs)
        self.table = table
        self.nested = nested
        self.conn_id = conn_id or type(self).conn_id

    def execute(self, context):
        return self._hook().get_first(f"select count(*) from {self.table}")

    def _hook(self):
        from airflow.providers.postgres.hooks.postgres import PostgresHook

        return PostgresHook(postgres_conn_id=self.conn_id)


class CountTwice(CountOperator):
    """Inherits."""

    def execute(self, context):
        before = context["ti"].xcom_pull(task_ids=self.upstream_list[0].task_id) if self.upstream_list else None
        return super().execute(context), before


with DAG("ops_from_methods", schedule="@daily", start_date=datetime(2025, 1, 1), catchup=False):
    one = CountOperator(task_id="one", table="{{ var.value.table_prefix }}.orders", nested={"a": ["{{ ds }}", {"b": "{{ run_id }}"}]})
    two = CountTwice(task_id="two", table="orders", conn_id="warehouse_replica")
    many = CountTwice.partial(task_id="many", conn_id="warehouse").expand(table=["a", "b"])

    @task
    def result(values):
        return values

    one >> two >> many
    result([one.output, two.output])
