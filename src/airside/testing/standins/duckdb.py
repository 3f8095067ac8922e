"""The stand-in `duckdb`."""

from typing import TYPE_CHECKING, Final

from airside.testing.standins.naming import free_path
from airside.testing.standins.port import Running, Surroundings
from airside.testing.standins.requirements import part
from airside.testing.standins.tables.seed import SeedOptions

if TYPE_CHECKING:
    from airside.testing.standins.databases.duckdb_file import DuckdbSeeds, RunningDuckdb

_PACKAGES: Final = {"duckdb": "duckdb", "pytz": "pytz"}  # without pytz DuckDB gives no moments with a time zone


class Duckdb(SeedOptions, frozen=True, kw_only=True):
    """A DuckDB file; the options are those of `airside.testing.duckdb`."""

    def start(self, name: str, surroundings: Surroundings) -> Running:
        """Make the file in the run's folder.

        Raises:
            UsageError: What is given cannot be read, DuckDB refuses it, or the package is missing.
        """
        seed = self.seed(surroundings)
        module = part("airside.testing.standins.databases.duckdb_file", "duckdb", _PACKAGES)
        seeds: DuckdbSeeds = surroundings.servers.shared(module.DuckdbSeeds)
        path = free_path(surroundings.scratch, name, ".duckdb")
        seeds.plant(seed, path)
        running: RunningDuckdb = module.RunningDuckdb(path)
        return self.extended(running)
