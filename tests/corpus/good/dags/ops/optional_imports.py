from __future__ import annotations

import importlib
import importlib.util
import sys
from datetime import datetime

from airflow.sdk import dag, task

try:
    from airflow.providers.amazon.aws.hooks.s3 import S3Hook
except ImportError:
    S3Hook = None

HAS_SPARK = importlib.util.find_spec("pyspark") is not None

if sys.version_info >= (3, 15):
    import future_only  # noqa: F401


@dag(schedule=None, start_date=datetime(2025, 1, 1))
def optional_imports():
    @task
    def upload():
        if S3Hook is None:
            raise RuntimeError("no S3 here")
        return S3Hook(aws_conn_id="warehouse").list_keys("bucket")

    @task
    def engine(name: str = "json"):
        module = importlib.import_module(name)
        try:
            import duckdb
        except (ImportError, OSError):
            return None
        return duckdb.__version__, module.__name__

    @task
    def compute():
        import email.mime.text
        import xml.etree.ElementTree as ET

        import numpy as np
        from dateutil import parser
        from sqlalchemy.orm import Session

        from lib import warehouse
        from lib.models import Order

        return [str(np), parser.parse("2025").isoformat(), str(Session), warehouse.Loader.prefix, Order.__name__, str(ET), str(email)]

    upload() >> engine() >> compute()


optional_imports()
