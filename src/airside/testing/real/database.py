"""The metadata database of one run."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from airflow import settings
from sqlalchemy import event

from airside.testing.real.shared import TABLES


@contextmanager
def metadata_database() -> Iterator[None]:
    """Give this process an empty metadata database, in its folder of temporary files."""
    with TemporaryDirectory(prefix="airside-metadata-") as folder:
        path = Path(folder) / "airflow.db"
        path.write_bytes(TABLES)
        settings.SQL_ALCHEMY_CONN = f"sqlite:///{path}"
        settings.SQL_ALCHEMY_CONN_ASYNC = f"sqlite+aiosqlite:///{path}"
        settings.configure_orm()
        event.listen(settings.engine, "connect", _hurry)
        try:
            yield
        finally:
            settings.dispose_orm(do_log=False)


def _hurry(connection: Any, _: Any) -> None:
    # Nothing is left of it when the run has ended: no disk has to have it.
    for pragma in ("synchronous = OFF", "journal_mode = MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
