"""Folders that bundles serve in this process.

A dag processor serves several environments; the processes that it forks for one DAG file, and every task, have the
folder of exactly one bundle on `sys.path`, where Airflow puts it (airflow/dag_processing/dagbag.py 3.3.2,
`BundleDagBag`). So the folder says which environment the code of this process belongs to.
"""

import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Serving:
    """What the code of a process belongs to.

    Attributes:
        environment: The name of the environment.
        root: The folder with `dags`, `configs` and the like: of a pinned run the tree of its release.
    """

    environment: str
    root: Path


_served: dict[str, str] = {}
"""The environment of each folder that a bundle of this process serves."""


def announce(root: Path, environment: str) -> None:
    """Say that `root` is what `environment` serves in this process, and in those that it forks."""
    _served[str(root)] = environment


def served_here() -> Serving | None:
    """Return what the code of this process belongs to; None where no bundle serves it."""
    for entry in reversed(sys.path):
        if (environment := _served.get(entry)) is not None:
            return Serving(environment, Path(entry))
    return None
