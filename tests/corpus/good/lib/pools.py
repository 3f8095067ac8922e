"""A pool of connections that are not Airflow's, and a hook that finds its connection itself."""

from contextlib import contextmanager

from airflow.sdk import BaseHook


class ConnectionPool:
    def __init__(self, size=2):
        self.size = size

    @contextmanager
    def get_connection(self, name):
        yield name


class RegionalHook(BaseHook):
    conn_name_attr = "regional_conn_id"
    default_conn_name = "regional_default"

    def __init__(self, regional_conn_id=default_conn_name):
        super().__init__()
        self.regional_conn_id = regional_conn_id

    def fetch(self):
        return self.get_connection(self.regional_conn_id).host


class ShopHook(RegionalHook):
    def __init__(self, region):
        super().__init__(regional_conn_id=f"shop_{region}")
