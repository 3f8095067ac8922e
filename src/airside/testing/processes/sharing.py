"""Modules that are imported once, for all runs."""

import importlib
import sys
from collections.abc import Collection, Iterable
from typing import Final

_SHARED: Final = frozenset({
    *sys.stdlib_module_names, "airflow", "airside", "attrs", "boto3", "botocore", "bs4", "dateutil", "duckdb", "httpx",
    "jinja2", "jsonschema", "msgspec", "numpy", "openpyxl", "pandas", "pendulum", "psycopg", "psycopg2", "pyarrow",
    "pydantic", "pytz", "requests", "sqlalchemy", "sqlparse", "tenacity", "urllib3", "yaml",
}) - {"antigravity", "idlelib", "this", "turtle"}  # fmt: skip
"""Packages that start no thread when they are imported, and keep nothing of who imports them."""


def shareable(before: Collection[str]) -> tuple[str, ...]:
    """Return the modules of this process that were not there before, and that can be imported before a fork."""
    return tuple(name for name in sys.modules if name not in before and name.partition(".")[0] in _SHARED)


def import_shared(modules: Iterable[str]) -> None:
    """Import modules; what cannot be imported here is for the run to tell."""
    for name in modules:
        if name in sys.modules:
            continue
        try:
            importlib.import_module(name)
        except Exception:  # noqa: BLE001, S112 - whatever the module raises
            continue
