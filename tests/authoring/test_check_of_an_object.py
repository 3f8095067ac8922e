"""What `object_fresh` says of objects in a bucket of a real S3 server."""

import re
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import obstore
import pytest
import seaweed
from airflow.sdk.io import attach
from obstore.fsspec import FsspecStore
from obstore.store import S3Store

from airside import checks
from airside.base.errors import CheckFailedError

pytestmark = pytest.mark.objectstore


@dataclass(frozen=True, slots=True)
class Lake:
    """A folder of a bucket, and the connection through which Airflow reaches it."""

    server: seaweed.Server
    connection: str
    folder: str = field(default_factory=lambda: f"lake/{secrets.token_hex(8)}")

    @property
    def url(self) -> str:
        return self.server.url(self.folder)

    def put(self, key: str, content: bytes) -> None:
        """Write an object as somebody else does, who does not know Airflow."""
        bucket = S3Store(
            seaweed.BUCKET,
            prefix=self.folder,
            endpoint=self.server.endpoint,
            region="us-east-1",
            access_key_id=seaweed.ACCESS_KEY,
            secret_access_key=seaweed.SECRET_KEY,
            client_options={"allow_http": True},
        )
        obstore.put(bucket, key, content)

    def fresh(self, key: str, **expected: Any) -> str:
        """Return what the check says in the log; raises where it fails."""
        return checks.object_fresh(f"{self.url}/{key}", connection=self.connection, **expected).look()

    def refused(self, key: str, **expected: Any) -> str:
        with pytest.raises(CheckFailedError) as caught:
            self.fresh(key, **expected)
        return str(caught.value)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[seaweed.Server]:
    with seaweed.serve(tmp_path_factory.mktemp("seaweed")) as server:
        yield server


def known(server: seaweed.Server, connection: str, secret: str = seaweed.SECRET_KEY) -> Lake:
    """Return a folder of its own, in a bucket that Airflow is made to know as by a provider that speaks S3."""
    reached = FsspecStore(
        "s3",
        endpoint=server.endpoint,
        region="us-east-1",
        access_key_id=seaweed.ACCESS_KEY,
        secret_access_key=secret,
        client_options={"allow_http": True},
    )
    attach("s3", connection, fs=reached)
    return Lake(server, connection)


@pytest.fixture
def lake(server: seaweed.Server) -> Lake:
    return known(server, "lake")


def test_an_object_that_exists_is_fresh_and_large_enough(lake: Lake) -> None:
    lake.put("orders/é 1.csv", b"a;b\n")
    said = lake.fresh("orders/é 1.csv", max_age="1h", min_size=4)
    assert said.startswith(f"{lake.url}/orders/é 1.csv exists, with 4 bytes, changed ")


def test_an_object_that_does_not_exist_or_is_too_small_is_refused(lake: Lake) -> None:
    assert lake.refused("orders.csv") == f"{lake.url}/orders.csv does not exist"
    lake.put("orders.csv", b"a;b\n")
    assert lake.refused("orders.csv", min_size=5) == f"{lake.url}/orders.csv has 4 bytes, expected at least 5"


def test_an_object_that_is_too_old_is_refused_with_its_age(lake: Lake) -> None:
    lake.put("orders.csv", b"")
    time.sleep(2.1)  # the server tells whole seconds
    lake.fresh("orders.csv", max_age="1h")
    message = lake.refused("orders.csv", max_age=timedelta(seconds=1))
    assert re.search(r" is \d+s old \(changed 20\d\d-[-: \d]+\), expected at most 1s$", message)


def test_a_newer_object_is_fresh_again_in_the_same_process(lake: Lake) -> None:
    lake.put("orders.csv", b"")
    assert lake.refused("orders.csv", min_size=1).endswith("has 0 bytes, expected at least 1")
    lake.put("orders.csv", b"a;b\n")
    assert " with 4 bytes" in lake.fresh("orders.csv", min_size=1)


def test_a_folder_of_a_bucket_has_no_age(lake: Lake) -> None:
    lake.put("orders/1.csv", b"a;b\n")
    assert lake.refused("orders", max_age="1h").endswith(
        "has no time of its last change: a folder of an object store has none"
    )


def test_wrong_keys_are_told_in_one_line_without_the_secret(server: seaweed.Server) -> None:
    wrong = known(server, "wrong", secret="canary-of-a-secret")
    message = wrong.refused("orders.csv")
    assert message.startswith(f"{wrong.url}/orders.csv cannot be looked at through the connection 'wrong': ")
    assert "canary-of-a-secret" not in message
    assert "\n" not in message
