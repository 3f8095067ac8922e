"""The stand-in `sqlite`."""

from pathlib import Path

from airside.testing.standins.databases.sqlite_file import SqliteFile
from airside.testing.standins.naming import free_path
from airside.testing.standins.port import Reached, Surroundings
from airside.testing.standins.tables.seed import SeedOptions


class Sqlite(SeedOptions, frozen=True, kw_only=True):
    """A SQLite file; the options are those of `airside.testing.sqlite`."""

    def start(self, name: str, surroundings: Surroundings) -> "RunningSqlite":
        """Make the file in the run's folder.

        Raises:
            UsageError: What is given cannot be read, or SQLite refuses it.
        """
        seed = self.seed(surroundings)
        path = free_path(surroundings.scratch, name, ".sqlite")
        running = RunningSqlite(path)
        running.fill(seed)
        return self.extended(running)


class RunningSqlite(SqliteFile):
    """A SQLite file of one test."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.reached = Reached({"conn_type": "sqlite", "host": str(path)})

    def close(self) -> None:
        """Leave the file: it goes with the folder of the run."""
