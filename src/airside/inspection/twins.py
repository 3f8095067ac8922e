"""Workflows that one file defines under an id that it has used before.

Airflow compares workflows by their ids and the ids of their tasks, and of equal ones keeps any (`_process_modules` in
airflow/dag_processing/importers/python_importer.py 3.3.2); of others with one id, the bag keeps the last.
"""

import sys
from collections.abc import Iterable, Iterator
from typing import Any

from airflow.sdk import DAG
from airflow.sdk.definitions._internal.contextmanager import DagContext
from airflow.utils.file import get_unique_dag_module_name


class Registry(set[tuple[Any, Any]]):
    """In place of Airflow's set of the workflows that registered themselves: it forgets none."""

    def __init__(self) -> None:
        super().__init__()
        self.dags: list[Any] = []

    def add(self, element: tuple[Any, Any]) -> None:
        """Add a workflow with its module."""
        self.dags.append(element[0])
        super().add(element)


def watch() -> Registry:
    """Return the registry of all workflows that register themselves from now on."""
    registry = Registry()
    DagContext.autoregistered_dags = registry
    return registry


def of(dags: Iterable[Any], path: str, registry: Registry) -> Iterator[Any]:
    """Return the workflows of the file `path` that have the id of one of `dags`, and are another object."""
    originals = {dag.dag_id: dag for dag in dags}
    seen = {id(dag) for dag in dags}
    module = sys.modules.get(get_unique_dag_module_name(path))
    in_module = [value for value in vars(module).values() if isinstance(value, DAG)] if module else []
    for dag in (*registry.dags, *in_module):
        original = originals.get(dag.dag_id)
        if original is not None and id(dag) not in seen:
            seen.add(id(dag))
            dag.fileloc = original.fileloc
            yield dag
