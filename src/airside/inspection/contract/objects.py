"""Names for objects of Airflow, which is not typed here."""

from typing import Any, TypeAlias

Dag: TypeAlias = Any
Task: TypeAlias = Any
"""An operator, mapped or not."""

Anything: TypeAlias = Any
"""A value of the workspace's own, of which nothing is known."""
