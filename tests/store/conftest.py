import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import seaweed
from http_stub import Stub, serving

from airside.store.opening import open_store
from airside.store.port import Store

Reopen = Callable[[], Store]
"""Opens the same place once more, as another process would."""


_AWS = ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN", "ENDPOINT", "ENDPOINT_URL", "REGION", "DEFAULT_REGION")


@pytest.fixture(autouse=True)
def no_credentials_of_the_developer(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _AWS:
        monkeypatch.delenv(f"AWS_{name}", raising=False)


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[seaweed.Server]:
    with seaweed.serve(tmp_path_factory.mktemp("seaweed")) as server:
        yield server


@pytest.fixture(
    params=["folder", "memory", pytest.param("s3", marks=pytest.mark.objectstore)],
)
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Reopen:
    nonce = secrets.token_hex(8)
    if request.param == "folder":
        return lambda: open_store(str(tmp_path / "store"), {})
    if request.param == "memory":
        return lambda: open_store(f"memory://{nonce}", {})
    server: seaweed.Server = request.getfixturevalue("s3")
    return lambda: open_store(server.url(f"tests/{nonce}"), server.options)


@pytest.fixture
def store(reopen: Reopen) -> Store:
    return reopen()


@pytest.fixture
def stub() -> Iterator[Stub]:
    with serving() as server:
        yield server
