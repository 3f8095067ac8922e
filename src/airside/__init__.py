"""Airside: the delivery platform around Apache Airflow.

Importing this package imports nothing else: DAG files import it, so it must cost nothing.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airside import config, credentials
    from airside.running.current import current_environment

__all__ = ["config", "credentials", "current_environment"]


def __getattr__(name: str) -> object:
    if name == "current_environment":
        from airside.running.current import current_environment  # noqa: PLC0415 - see above

        return current_environment
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
