"""What tasks do in the warehouse."""

import logging

from airflow.sdk import get_current_context

log = logging.getLogger("warehouse")


class Loader:
    """Loads tables; its methods are the functions of tasks."""

    prefix = "dwh"

    def __init__(self, conn_id, schema="public"):
        self.conn_id = conn_id
        self.schema = schema

    def load(self, table, rows=0, **context):
        log.info("%s.%s: %s rows in %s", self.schema, table, rows, context["run_id"])
        return self._count(table)

    def _count(self, table):
        from airflow.providers.postgres.hooks.postgres import PostgresHook

        return PostgresHook(postgres_conn_id=self.conn_id).get_first(f"select count(*) from {table}")[0]

    @classmethod
    def vacuum(cls, table):
        log.info("%s %s", cls.prefix, table)

    @staticmethod
    def analyze(table, ds=None):
        log.info("%s %s", table, ds)


def current_table():
    context = get_current_context()
    return context["params"]["table"]


def rows_of(task_id, key="return_value"):
    ti = get_current_context()["ti"]
    return ti.xcom_pull(task_ids=task_id, key=key)
