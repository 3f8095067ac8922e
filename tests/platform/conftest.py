from collections.abc import Iterator
from pathlib import Path

import pytest
from airflow_place import Place
from folders import SETTINGS
from sealed import Identity, make_identity

from airside.platform.ports import free_port
from airside.workspace.workspace import Workspace, open_workspace

BARE = """\
[workspace]
name = "sales-flows"
[environments.production]
"""
DATABASES = '[platform]\ndatabases = ["warehouse"]\n'
READER = '[airflow.config.core]\nsimple_auth_manager_users = "airflow:admin,reader:viewer"\n'
"""A second user of the shared Airflow, who may only read; Airflow makes a password."""
POOLS = "[pools]\nreports = 3\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A workspace that nothing runs for, its path with a space, a percent sign and a letter beyond ASCII."""
    root = tmp_path / "flüge %d"
    (root / "dags").mkdir(parents=True)
    (root / "airside.toml").write_text(BARE)
    return open_workspace(root)


_SHARED = pytest.StashKey[list[Place]]()


def port() -> str:
    return str(free_port(28300))


@pytest.fixture(scope="session", autouse=True)
def identity(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Identity]:
    """The age key of the user, made for these tests."""
    made = make_identity()
    key_file = made.write(tmp_path_factory.mktemp("age") / "keys.txt")
    # Not into the environment of these tests: others run in the same process.
    Place.variables["SOPS_AGE_KEY_FILE"] = str(key_file)
    yield made
    Place.variables.clear()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Stop what tests share when none of them is left: an Airflow that nobody asks still takes a fifth of a core."""
    items = item.session.items
    here = Path(__file__).parent
    if not any(other.path.is_relative_to(here) for other in items[items.index(item) + 1 :]):
        for place in item.config.stash.get(_SHARED, []):
            place.airside("down")


@pytest.fixture(scope="session")
def shared(pytestconfig: pytest.Config) -> list[Place]:
    """Where Airflows run that tests share, the last one first."""
    return pytestconfig.stash.setdefault(_SHARED, [])


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory, shared: list[Place]) -> Iterator[Place]:
    """An Airflow with Postgres that tracks `production`, where one release is served, and `preprod`, still empty."""
    place = Place(tmp_path_factory.mktemp("platform") / "flüge %d dir", SETTINGS + DATABASES + READER + POOLS)
    try:
        place.airside("up", "--detach", "--track", "production", "--track", "preprod", "--port", port())
        place.deploy("first")
        shared.insert(0, place)
        yield place
    finally:
        place.airside("down")
        place.airside("clean")


def sharing(served: Place, root: Path, settings: str = SETTINGS) -> Place:
    """Return a workspace that uses the Python environment of another: building one takes ten seconds."""
    place = Place(root, settings)
    (root / ".airside").mkdir()
    (root / ".airside" / "env").symlink_to(served.root / ".airside" / "env")
    (root / "requirements.lock").write_bytes((served.root / "requirements.lock").read_bytes())
    place.commit()
    return place


@pytest.fixture(scope="session")
def live(served: Place, tmp_path_factory: pytest.TempPathFactory, shared: list[Place]) -> Iterator[Place]:
    """An Airflow with SQLite that serves the working tree, beside the other one."""
    place = sharing(served, tmp_path_factory.mktemp("live") / "flüge %d dir")
    try:
        place.airside("up", "--detach", "--database", "sqlite", "--port", port())
        shared.insert(0, place)
        yield place
    finally:
        place.airside("down")
        place.airside("clean")


@pytest.fixture
def fresh(served: Place, tmp_path: Path) -> Iterator[Place]:
    """A workspace whose Airflow was never started."""
    place = sharing(served, tmp_path / "flüge %d dir")
    try:
        yield place
    finally:
        place.airside("down")
        place.airside("clean")
