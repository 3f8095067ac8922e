"""Configs: YAML files by dotted name, layered per environment, read from the release that runs.

``from airside import config; config.get("sales.orders.load")`` in a task, a DAG file, a test, a script or a notebook.
"""

from airside.config.asking import get
from airside.config.mapping import Config

__all__ = ["Config", "get"]
