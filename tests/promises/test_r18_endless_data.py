"""R18: every download is bounded: by a constant, or by the size that the object above it gave."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from verbs import prepare

from airside.base.errors import AirsideError, IntegrityError, StoreUnavailableError
from airside.conformance.tampering import Extend
from airside.conformance.wholeness import require_whole
from airside.delivery.environments import read_current
from airside.release.pointer import MAX_POINTER_BYTES
from airside.store.folder import FolderStore
from airside.store.opening import open_store

HEAD = 'HTTP/1.1 200 OK\r\nETag: "1"\r\nLast-Modified: Sat, 21 Nov 2026 04:30:00 GMT\r\n'
HEADERS = {
    "no length": f"{HEAD}Connection: close\r\n\r\n",
    "chunks": f"{HEAD}Transfer-Encoding: chunked\r\n\r\n",
    "a small length": f"{HEAD}Content-Length: 50\r\n\r\n",
    "a huge length": f"{HEAD}Content-Length: 1099511627776\r\n\r\n",
}


class Endless:
    """A server that never stops to answer."""

    def __init__(self, head: str) -> None:
        self._head = head.encode()
        self._chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n" if "chunked" in head else b"x" * 0x10000
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.sent = 0
        self._closed = False
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        with suppress(OSError):
            while not self._closed:
                connection, _ = self._listener.accept()
                with connection, suppress(OSError):
                    connection.settimeout(5)
                    connection.recv(65536)
                    connection.sendall(self._head)
                    while not self._closed:
                        connection.sendall(self._chunk)
                        self.sent += len(self._chunk)

    def close(self) -> None:
        self._closed = True
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        self._listener.close()
        self._thread.join(timeout=10)


@pytest.fixture(params=list(HEADERS.values()), ids=list(HEADERS))
def endless(request: pytest.FixtureRequest) -> Iterator[Endless]:
    server = Endless(request.param)
    yield server
    server.close()


def test_a_server_that_streams_for_ever_is_given_up(endless: Endless) -> None:
    options = {"endpoint": f"http://127.0.0.1:{endless.port}", "access_key_id": "k", "secret_access_key": "s"}
    store = open_store("s3://bucket", options)
    started = time.monotonic()
    with pytest.raises((IntegrityError, StoreUnavailableError)):
        read_current(store, "production")
    assert time.monotonic() - started < 15
    assert endless.sent < 64 * 1024 * 1024, "what is in the buffers of two sockets, and no more"


@pytest.mark.parametrize("prefix", ["environments/", "history/", "releases/", "trees/", "packs/"])
def test_an_object_larger_than_the_one_above_it_says_is_not_taken(store: FolderStore, prefix: str) -> None:
    prepare(store)
    largest = {"releases/": 16 << 20, "trees/": 64 << 20}.get(prefix, MAX_POINTER_BYTES)
    with pytest.raises(IntegrityError, match="more than the"):
        require_whole(Extend(store, prefix=prefix, more=bytes(largest)), ["production"])


def test_the_bound_of_a_pack_is_what_its_manifest_says(store: FolderStore) -> None:
    prepare(store)
    with pytest.raises(AirsideError, match="more than the"):
        require_whole(Extend(store, prefix="packs/", more=b"x"), ["production"])
