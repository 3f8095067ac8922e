#!/usr/bin/env python
"""Housekeeping; `python cleanup.py` runs it here."""

from __future__ import annotations

import logging
import os
from datetime import datetime, timedelta
from pathlib import Path

from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG

try:
    import orjson as json
except ImportError:
    import json

try:
    from vendor_tools import audit
except ModuleNotFoundError:
    audit = None

log = logging.getLogger(__name__)
logging.getLogger("urllib3").setLevel(logging.WARNING)
log.debug("%s", os.environ.get("LAKE_BUCKET", "lake"))
KEEP = int(os.environ.get("KEEP_DAYS", "30"))
PATHS = [Path("/data") / name for name in ("in", "out")]


def remove(path: str, keep: int = KEEP, **kwargs):
    if audit is not None:
        audit.note(path)
    try:
        import magic
    except ImportError:
        magic = None
    log.info(json.dumps({"path": path, "keep": keep, "token": os.environ.get("CLEANUP_TOKEN")}), magic)
    if "DEBUG_CLEANUP" in os.environ:
        log.info(os.environ["DEBUG_CLEANUP"])


dag = DAG(
    "platform_cleanup",
    schedule="@daily",
    start_date=datetime(2025, 1, 1),
    catchup=False,
    dagrun_timeout=timedelta(hours=1),
)

for path in PATHS:
    PythonOperator(task_id=f"remove_{path.name}", python_callable=remove, op_args=[str(path)], dag=dag) >> BashOperator(
        task_id=f"list_{path.name}", bash_command=f"ls {path}", dag=dag, retries=0
    )

if __name__ == "__main__":
    dag.test(conn_file_path="connections.yaml", run_conf={"keep": 1})
    dag.cli() if hasattr(dag, "cli") else None
