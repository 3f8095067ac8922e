"""Connections in all ways in which they are named."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from airflow.sdk import BaseHook, Connection, Variable, dag, task
from lib.hooks.billing import BillingHook
from lib.settings import START, WAREHOUSE, batch_size, chat_host, flags, shop_host

if TYPE_CHECKING:
    from airflow.providers.postgres.hooks.postgres import PostgresHook as Postgres
    from not_installed_stubs import Engine

CONN_KEY = "pipeline_conn"


def hook(conn_id: str = WAREHOUSE) -> Postgres:
    from airflow.providers.postgres.hooks.postgres import PostgresHook

    return PostgresHook(conn_id)


@dag(schedule="@daily", start_date=START, catchup=False)
def platform_hooks():
    @task
    def read() -> int:
        return hook().get_first("select 1")[0] + hook("warehouse_replica").get_first("select 1")[0]

    @task
    def regions() -> list[str]:
        return [shop_host(region) for region in ("eu", "us")]

    @task
    def named():
        host = chat_host(conn_id="chat")
        connection = BaseHook.get_connection(conn_id="warehouse")
        other = Connection.get("billing_api")
        return host, connection.extra_dejson.get("schema"), other.host

    @task
    def billing(since: str = "2025"):
        with contextlib.closing(BillingHook().get_conn()) as session:
            print(session)
        return [invoice.number for invoice in BillingHook("billing_api", timeout=5).invoices(since)]

    @task
    def variables(key: str = "unknown"):
        found = Variable.get("optional", default=None) or Variable.get("other_optional", "x")
        try:
            limit = Variable.get("may_be_missing")
        except KeyError:
            limit = 0
        with contextlib.suppress(Exception):
            Variable.get("may_be_missing_too")
        return batch_size(), flags()["dedupe"], found, limit, Variable.get(key, default=None), Variable.get(f"limit_{key}", default=1)

    @task
    def sqlalchemy_engine(engine: Engine | None = None):
        from sqlalchemy import create_engine, text
        import pandas as pd

        engine = create_engine(BaseHook.get_connection(WAREHOUSE).get_uri())
        with engine.connect() as connection:
            return pd.read_sql(text("select 1"), connection).to_dict("records")

    @task
    def writing():
        Variable.set("last_run", "x")
        return hasattr(BaseHook, "get_hook")

    @task
    def dynamic(connections: dict[str, str]):
        for name in connections:
            BaseHook.get_hook(connections[name]).test_connection()

    [read(), regions(), named(), billing(), variables(), sqlalchemy_engine(), writing(), dynamic({"a": "warehouse"})]


platform_hooks()
