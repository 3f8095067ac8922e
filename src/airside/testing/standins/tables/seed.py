"""What a database of a test starts with."""

import hashlib
from dataclasses import dataclass

import msgspec

from airside.testing.standins.naming import folder_of
from airside.testing.standins.options import Options
from airside.testing.standins.port import Surroundings
from airside.testing.standins.tables.given import Tables
from airside.testing.standins.tables.reading import sheets
from airside.testing.standins.tables.scripts import Script, script
from airside.testing.standins.tables.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Seed:
    """All that goes into a new database, read from the test and its files.

    Attributes:
        schema: SQL that runs first.
        sheets: Tables; those that are there by then are filled.
        sql: SQL that runs last.
    """

    schema: Script | None
    sheets: tuple[Sheet, ...]
    sql: Script | None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.schema or self.sheets or self.sql)

    @property
    def key(self) -> str:
        """The same for the same contents: a database is made once for all tests that start with them."""
        return hashlib.sha256(repr((self.schema, self.sheets, self.sql)).encode()).hexdigest()[:20]


class SeedOptions(Options, frozen=True, kw_only=True):
    """Options of every database.

    Attributes:
        tables: By name.
        types: By table and column.
        schema: SQL that runs first, or the path of a `.sql` file.
        sql: SQL that runs last, or such a path.
    """

    tables: Tables = msgspec.field(default_factory=dict)
    types: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    schema: str | None = None
    sql: str | None = None

    def seed(self, surroundings: Surroundings) -> Seed:
        """Read the files.

        Raises:
            UsageError: One cannot be read, or is no table.
        """
        folder = folder_of(self.folder, surroundings)
        return Seed(
            script("schema", self.schema, folder),
            tuple(sheets(self.tables, self.types, folder)),
            script("sql", self.sql, folder),
        )
