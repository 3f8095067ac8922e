from collections.abc import Iterator

import containers
import pytest
from containers import Podman


@pytest.fixture(scope="session")
def podman() -> Iterator[Podman]:
    if reason := containers.missing():
        pytest.skip(reason)
    with containers.use() as found:
        yield found
