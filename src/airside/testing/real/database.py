"""The metadata database of one run."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import event

from airflow import settings
from airside.testing.real.shared import TABLES

_path: list[str] = []


@contextmanager
def metadata_database() -> Iterator[None]:
    """Give this process an empty metadata database, in its folder of temporary files."""
    with TemporaryDirectory(prefix="airside-metadata-") as folder:
        path = Path(folder) / "airflow.db"
        path.write_bytes(TABLES)
        if not _path:
            _configure()
        _path[:] = [str(path)]
        try:
            yield
        finally:
            settings.Session.remove()
            settings.engine.dispose()


def _configure() -> None:
    """Make the engine, once for a process and those forked from it: it keeps the statements it has compiled."""
    settings.SQL_ALCHEMY_CONN = "sqlite:////of-one-run/airflow.db"
    settings.SQL_ALCHEMY_CONN_ASYNC = "sqlite+aiosqlite:////of-one-run/airflow.db"
    settings.configure_orm()
    event.listen(settings.engine, "do_connect", _lead)
    event.listen(settings.engine, "connect", _hurry)


def _lead(_dialect: Any, _record: Any, arguments: list[Any], _options: Any) -> None:
    arguments[0] = _path[-1]


def _hurry(connection: Any, _: Any) -> None:
    # Nothing is left of it when the run has ended: no disk has to have it.
    for pragma in ("synchronous = OFF", "journal_mode = MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
