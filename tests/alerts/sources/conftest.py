import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from airflow_api import AirflowApi
from asking import Asking


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AirflowApi]:
    """Airflow's API, with the workflows `orders`, `sums` and, of another bundle, `other`."""
    api = AirflowApi(tmp_path_factory.mktemp("api") / "home")
    try:
        for name, bundle in (("orders", "production"), ("sums", "production"), ("other", "elsewhere")):
            api.do("workflow", name, bundle, ["team:sales", "severity:critical"], ["checks.fresh", "load", "summary"])
        api.await_ready()
        yield api
    finally:
        api.close()


@pytest.fixture
def api(server: AirflowApi) -> AirflowApi:
    """The same, and nothing has happened yet."""
    server.do("forget")
    shutil.rmtree(server.home / "logs", ignore_errors=True)
    server.beat()
    return server


@pytest.fixture
def watch(api: AirflowApi, tmp_path: Path) -> Callable[[], Asking]:
    """Start a watcher: each one goes on where the last one had written down that it was."""
    return lambda: Asking(api, tmp_path / "cursors")
