import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from airside.base.errors import PlatformError, UsageError
from airside.platform import processes
from airside.platform.components import component_states
from airside.platform.database import Database, choose_database
from airside.platform.local import _packaged_postgres
from airside.platform.postgres import postgres_home, remove_postgres
from airside.platform.psql import ask
from airside.platform.supervision import Supervisor
from airside.workspace.workspace import Workspace, open_workspace

PACKAGED = _packaged_postgres(Path(sys.executable))
DATABASES = '[platform]\ndatabases = ["warehouse"]\n'


@contextmanager
def running(workspace: Workspace) -> Iterator[Database]:
    """The embedded Postgres of a workspace, supervised as in a platform, and removed at the end."""
    workspace.state.mkdir()
    supervisor = Supervisor(workspace.state)
    try:
        database = choose_database(workspace, PACKAGED, None)
        assert database.server is not None
        supervisor.start([database.server.program(supervisor.working_folder)], dict(os.environ))  # noqa: TID251
        supervisor.ask("startProcess", "postgres", False)
        database.await_ready()
        yield database
        supervisor.ask("shutdown")
        while processes.inside({supervisor.working_folder}):
            time.sleep(0.02)
    finally:
        processes.end(processes.inside({supervisor.working_folder, postgres_home(workspace) / "data"}))
        remove_postgres(workspace)


@pytest.fixture
def workspace(workspace: Workspace) -> Workspace:
    settings = workspace.root / "airside.toml"
    settings.write_text(settings.read_text() + DATABASES)
    return open_workspace(workspace.root)


@pytest.fixture
def database(workspace: Workspace) -> Iterator[Database]:
    with running(workspace) as database:
        yield database


def test_every_database_is_made_and_survives_a_kill_of_the_server(workspace: Workspace, database: Database) -> None:
    url = database.connections()["warehouse"]
    ask(PACKAGED, url, "create table sales (price int); insert into sales values (3), (4)")
    [before] = component_states(Supervisor(workspace.state))
    assert before.pid is not None
    os.kill(before.pid, 9)
    database.await_ready()
    assert ask(PACKAGED, url, "select sum(price) from sales") == ["7"]
    [after] = component_states(Supervisor(workspace.state))
    assert (after.restarts, after.state) == (1, "running")
    assert after.pid != before.pid


def test_it_listens_on_the_loopback_interface_and_wants_the_password(database: Database) -> None:
    assert ask(PACKAGED, database.connections()["warehouse"], "show listen_addresses") == ["127.0.0.1"]
    assert database.server is not None
    wrong = database.connections()["warehouse"].replace(database.server.password, "wr0ng")
    with pytest.raises(PlatformError, match="password authentication failed") as error:
        ask(PACKAGED, wrong, "select 1")
    assert "wr0ng" not in str(error.value)


def test_a_server_of_somebody_else_is_used_as_it_is(workspace: Workspace, database: Database, tmp_path: Path) -> None:
    other = tmp_path / "other"
    shutil.copytree(workspace.root, other, ignore=shutil.ignore_patterns(".airside"))
    (other / "airside.toml").write_text('[workspace]\nname = "other"\n')
    url = database.connections()["warehouse"]
    found = choose_database(open_workspace(other), PACKAGED, url)
    assert (found.kind, found.server, found.revision()) == ("external", None, None)
    assert found.url.startswith("postgresql+psycopg2://airflow:")
    with pytest.raises(PlatformError, match='database "nowhere" does not exist'):
        choose_database(open_workspace(other), PACKAGED, url.replace("warehouse", "nowhere"))


@pytest.mark.parametrize("wanted", ["sqlite", "postgresql://me@localhost/x"])
def test_databases_for_workflows_need_the_embedded_server(workspace: Workspace, wanted: str) -> None:
    with pytest.raises(UsageError, match="which only the embedded Postgres has"):
        choose_database(workspace, PACKAGED, wanted)


def test_another_kind_of_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "dags").mkdir()
    (tmp_path / "airside.toml").write_text('[workspace]\nname = "other"\n')
    with pytest.raises(UsageError, match="--database takes"):
        choose_database(open_workspace(tmp_path), PACKAGED, "mysql://me:s3cret@localhost/x")


def test_an_interrupted_making_of_the_data_folder_is_done_anew(workspace: Workspace) -> None:
    workspace.state.mkdir()
    partial = postgres_home(workspace) / "data.partial"
    partial.mkdir(parents=True)
    (partial / "PG_VERSION").write_text("half")
    try:
        database = choose_database(workspace, PACKAGED, None)
        assert database.server is not None
        assert (database.server.data / "PG_VERSION").exists()
        assert not partial.exists()
        assert (database.server.home / "password").stat().st_mode & 0o77 == 0
    finally:
        remove_postgres(workspace)
