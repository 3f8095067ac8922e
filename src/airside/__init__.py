"""Airside: the delivery platform around Apache Airflow.

Importing this package does nothing else: DAG files import it, so it must cost nothing.
"""

__all__: list[str] = []
