"""Airside: the delivery platform around Apache Airflow.

Importing this package imports nothing else: DAG files import it, so it must cost nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airside import config, credentials
    from airside.authoring import checks
    from airside.authoring.report import report
    from airside.authoring.workflow import workflow
    from airside.running.current import current_environment

__all__ = ["checks", "config", "credentials", "current_environment", "report", "workflow"]

_PLACES = {
    "current_environment": "airside.running.current",
    "report": "airside.authoring.report",
    "workflow": "airside.authoring.workflow",
}


def __getattr__(name: str) -> object:
    if name == "checks":
        return import_module("airside.authoring.checks")
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
