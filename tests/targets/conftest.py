from collections.abc import Iterator

import containers
import pytest
import seaweed
from containers import Podman
from seaweed import Server


@pytest.fixture(scope="session")
def podman() -> Iterator[Podman]:
    if reason := containers.missing():
        pytest.skip(reason)
    with containers.use() as found:
        yield found


@pytest.fixture(scope="session")
def own_address(podman: Podman) -> Iterator[str]:
    """An address of this machine that containers of every network reach."""
    with containers.own_address() as address:
        yield address


@pytest.fixture(scope="session")
def bucket_server(own_address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a bucket, for this machine and for containers."""
    with seaweed.serve(tmp_path_factory.mktemp("bucket"), address=own_address) as server:
        yield server
