"""The Postgres database of one test."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import psycopg
from psycopg.rows import dict_row

from airside.base.errors import PlatformError, UsageError
from airside.testing.standins.databases.cluster import WORKFLOW, Cluster
from airside.testing.standins.databases.postgres_soil import PostgresSoil, said
from airside.testing.standins.databases.sowing import found_table
from airside.testing.standins.port import Reached
from airside.testing.standins.tables.sheet import quoted

_TABLES: Final = """
    select case nspname when 'public' then '' else nspname || '.' end || relname as name
    from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where relkind in ('r', 'p', 'v', 'm', 'f') and nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
    order by 1"""


class RunningPostgres:
    """A database, read over a connection that opens at the first reading."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        self._cluster = cluster
        self._name = name
        self._reader: psycopg.Connection[Any] | None = None
        self.reached = Reached(
            {
                "conn_type": "postgres",
                "host": "127.0.0.1",
                "port": cluster.port,
                "login": WORKFLOW,
                "password": cluster.password,
                "schema": name,
            }
        )

    def close(self) -> None:
        """Let go of the database, also under a workflow that still holds a connection."""
        if self._reader is not None:
            self._reader.close()
        self._cluster.forget(self._name)

    def tables(self) -> list[str]:
        """As `HasTables`."""
        return [row["name"] for row in self.query(_TABLES)]

    def columns(self, table: str) -> dict[str, str]:
        """As `HasTables`."""
        return PostgresSoil(self._connection()).types_in(found_table(table, self.tables()))

    def rows(self, table: str) -> list[dict[str, Any]]:
        """As `HasTables`."""
        return self.query(f"select * from {quoted(found_table(table, self.tables()))}")  # noqa: S608 - quoted

    def query(self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[dict[str, Any]]:
        """As `HasTables`."""
        try:
            with self._connection().cursor(row_factory=dict_row) as cursor:
                cursor.execute(sql.encode(), parameters or None)
                return cursor.fetchall() if cursor.description else []
        except psycopg.Error as error:
            raise UsageError(f"Postgres refuses the query: {said(error)}", hint=f"It is: {sql}") from error

    def _connection(self) -> psycopg.Connection[Any]:
        if self._reader is None or self._reader.closed:
            try:
                self._reader = self._cluster.connect(self._name)
            except psycopg.Error as error:
                raise PlatformError(f"The database {self._name} of the test is gone: {said(error)}") from error
        return self._reader
