"""A program that has a Postgres and waits to be killed."""

import json
import sys
import tempfile
import time
from pathlib import Path

from airside.testing import postgres
from airside.testing.standins.databases.cluster import Cluster
from airside.testing.standins.port import Surroundings
from airside.testing.standins.readings import HasTables
from airside.testing.standins.servers import Servers

if __name__ == "__main__":
    scratch = Path(tempfile.mkdtemp())
    servers = Servers()
    running = postgres(tables={"t": [{"n": 1}]}).start("dwh", Surroundings(scratch, scratch, servers))
    cluster = servers.shared(Cluster)
    assert isinstance(running, HasTables)
    said = {
        "rows": running.rows("t"),
        "keeper": cluster.kept.keeper.pid,
        "port": cluster.port,
        "folder": str(cluster.kept.log.parent),
    }
    print(json.dumps(said), flush=True)  # noqa: T201 - what its parent reads
    if "--end" in sys.argv:
        running.close()
        servers.close()
    else:
        time.sleep(60)
