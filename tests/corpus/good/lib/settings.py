"""Settings of all workflows."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

import pendulum
import yaml
from airflow.sdk import BaseHook, Variable

from lib.notifiers.chat import on_failure

ROOT = Path(__file__).resolve().parent.parent
CONFIGS = Path(__file__).parents[1] / "configs"
START = pendulum.datetime(2025, 1, 1, tz="Europe/Berlin")
ENVIRONMENT = os.environ.get("AIRFLOW_ENV", "dev")
REGION = os.getenv("REGION") or "eu"
WAREHOUSE = "warehouse"
POOL = "warehouse"

DEFAULT_ARGS = {
    "owner": "data-platform",
    "depends_on_past": False,
    "retries": 2,
    "retry_delay": timedelta(minutes=5),
    "retry_exponential_backoff": True,
    "max_retry_delay": timedelta(hours=1),
    "execution_timeout": timedelta(hours=2),
    "on_failure_callback": on_failure,
}


def config(name: str) -> dict:
    """Return a file below configs."""
    return yaml.safe_load((CONFIGS / f"{name}.yaml").read_text())


@lru_cache(maxsize=None)
def tables() -> tuple[str, ...]:
    return tuple(json.loads((CONFIGS / "tables.json").read_text()))


def batch_size() -> int:
    return int(Variable.get("batch_size", default=100))


def flags() -> dict:
    return Variable.get("feature_flags", deserialize_json=True)


def chat_host(conn_id: str) -> str:
    return BaseHook.get_connection(conn_id).host


def shop_host(region: str) -> str:
    return BaseHook.get_connection(f"shop_{region}").host
