"""What runs on a database need and none of them changes: Airflow's empty tables and its Execution API.

Both are made when this module is imported, which takes seconds. The process that forks for runs imports what a run had
to import before it forks again (`airside.testing.processes.sharing`), and so that is paid once.
"""

import sqlite3
from typing import Final

from airflow.configuration import conf
from airflow.models import import_all_models
from airflow.models.base import Base
from airflow.models.tasklog import LogTemplate
from airflow.sdk.execution_time.supervisor import in_process_api_server
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool


def _tables() -> bytes:
    """Return what `airflow db migrate` makes of nothing (airflow/utils/db.py 3.3.2, `_create_db_from_orm`)."""
    import_all_models()
    connection = sqlite3.connect(":memory:")
    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        name = conf.get_mandatory_value("logging", "log_filename_template")
        session.add(LogTemplate(filename=name, elasticsearch_id=""))
        session.commit()
    tables = connection.serialize()
    connection.close()
    return tables


TABLES: Final = _tables()
"""A file of SQLite."""

API: Final = in_process_api_server().app
"""The one that Airflow's own in-process runs speak to."""
