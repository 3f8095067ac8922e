"""Importing Airflow and the engine once, and all that a run needs besides, so that no run has to."""

import importlib
import sys
from pathlib import Path
from typing import Final

import msgspec

from airside.inspection import discovery, warming
from airside.inspection.protocol import Run
from airside.testing.processes.sample import run_a_sample
from airside.testing.processes.sharing import import_shared
from airside.testing.processes.work import Work

_PARTS: Final = ("airside.testing.processes.doing",)
_DATABASES: Final = "airside.testing.real.warming"
_known: dict[str, float] = {}


def warm_up(home: Path) -> None:
    """Import all that runs need."""
    warming.initialize()
    for part in _PARTS:
        importlib.import_module(part)
    run_a_sample(home / "sample")
    warming.share_memory()


def prepare(request: Run) -> bool:
    """Import what the DAG files of this work import of Airflow, as the dag processor does before it forks.

    Returns:
        Whether there was anything to import.
    """
    work = msgspec.msgpack.decode(request.payload, type=Work)
    changed = []
    for file in map(Path, work.files):
        try:
            stamp = file.stat().st_mtime
        except OSError:
            continue
        if _known.get(str(file)) != stamp:
            _known[str(file)] = stamp
            changed.append(file)
    before = len(sys.modules)
    if work.tier == "real" and _DATABASES not in sys.modules:
        importlib.import_module(_DATABASES).warm_up()
    discovery.import_airflow_parts(changed)
    import_shared(work.modules)
    return len(sys.modules) > before
