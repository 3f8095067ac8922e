import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from airside.checking.inspector import Inspector, Limits
from airside.inspection.facts import FileFacts

SECONDS = 4.0
MEMORY_MIB = 256

Read = Callable[..., dict[str, FileFacts]]


@pytest.fixture(scope="session")
def inspector() -> Iterator[Inspector]:
    """One warm server for all: starting it is what takes the time."""
    environment = {
        "AIRFLOW_VAR_REGION": "eu",
        "AIRFLOW_VAR_SHAPE": '{"sides": 3}',
        "AIRFLOW_CONN_DWH": "postgres://me@dwh.example/db",
    }
    limits = Limits(seconds=SECONDS, memory_mib=MEMORY_MIB, jobs=2)
    with Inspector(Path(sys.executable), environment=environment, limits=limits) as inspector:
        yield inspector


@pytest.fixture
def read(inspector: Inspector, tmp_path: Path) -> Read:
    """Return a function that reads files given as text, all or those named, and returns the facts by file."""

    def read(texts: dict[str, str | bytes], files: list[str] | None = None) -> dict[str, FileFacts]:
        for name, text in texts.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return {facts.file: facts for facts in inspector.inspect(tmp_path, files)}

    return read
