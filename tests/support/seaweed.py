"""A real S3 server, SeaweedFS, on ports of this machine: of its loopback, unless another address is asked for."""

import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

ACCESS_KEY = "airside-test"
SECRET_KEY = "airside-test-secret"
BUCKET = "airside"

_READY_WITHIN = 40.0
IDENTITY = {
    "identities": [
        {
            "name": "tests",
            "credentials": [{"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}],
            "actions": ["Admin", "Read", "List", "Tagging", "Write"],
        }
    ]
}


@dataclass(frozen=True)
class Server:
    """A server that runs, with one empty bucket in it."""

    port: int
    address: str = "127.0.0.1"

    @property
    def endpoint(self) -> str:
        return f"http://{self.address}:{self.port}"

    @property
    def options(self) -> dict[str, str]:
        """What `open_store` is given to reach it."""
        beyond_loopback = {} if self.address == "127.0.0.1" else {"allow_http": "true"}
        return {
            "endpoint": self.endpoint,
            "region": "us-east-1",
            "access_key_id": ACCESS_KEY,
            "secret_access_key": SECRET_KEY,
            **beyond_loopback,
        }

    def url(self, prefix: str) -> str:
        return f"s3://{BUCKET}/{prefix}"


@contextmanager
def serve(folder: Path, address: str = "127.0.0.1") -> Iterator[Server]:
    """Run a server with its data in `folder` until the block ends, at an address of this machine."""
    ports = _free_ports(8)
    identity = folder / "identity.json"
    identity.write_text(json.dumps(IDENTITY))
    # The path of a Unix socket has at most 107 characters, fewer than most temporary folders of a test.
    sockets = Path(tempfile.mkdtemp(prefix="weed"))
    with (folder / "weed.log").open("wb") as log:
        process = subprocess.Popen(
            [_program(), *_arguments(folder, identity, sockets, ports, address)], stdout=log, stderr=log, cwd=folder
        )
    server = Server(ports["s3"], address)
    try:
        _wait(server, process, folder / "weed.log")
        yield server
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(sockets, ignore_errors=True)


def _arguments(folder: Path, identity: Path, sockets: Path, ports: dict[str, int], address: str) -> list[str]:
    data = folder / "data"
    data.mkdir()
    return [
        "server",
        f"-dir={data}",
        f"-ip={address}",
        f"-ip.bind={address}",
        f"-master.port={ports['master']}",
        f"-master.port.grpc={ports['master.grpc']}",
        "-master.telemetry=false",
        "-master.electionTimeout=1s",
        "-master.volumeSizeLimitMB=64",
        f"-volume.port={ports['volume']}",
        f"-volume.port.grpc={ports['volume.grpc']}",
        "-volume.max=100",
        f"-filer.port={ports['filer']}",
        f"-filer.port.grpc={ports['filer.grpc']}",
        f"-filer.localSocket={sockets / 'filer'}",
        "-s3",
        f"-s3.port={ports['s3']}",
        f"-s3.port.grpc={ports['s3.grpc']}",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        f"-s3.localSocket={sockets / 's3'}",
        f"-s3.config={identity}",
    ]


def _free_ports(count: int) -> dict[str, int]:
    names = [f"{part}{kind}" for part in ("master", "volume", "filer", "s3") for kind in ("", ".grpc")]
    sockets = [socket.socket() for _ in names[:count]]
    try:
        for opened in sockets:
            opened.bind(("127.0.0.1", 0))
        return {name: opened.getsockname()[1] for name, opened in zip(names, sockets, strict=True)}
    finally:
        for opened in sockets:
            opened.close()


def _program() -> str:
    beside = Path(sys.executable).with_name("weed")
    found = str(beside) if beside.exists() else shutil.which("weed")
    if found is None:
        raise FileNotFoundError("There is no `weed`: install the development dependencies")
    return found


def _wait(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _READY_WITHIN
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        if bucket_is_made(server):
            return
        time.sleep(0.1)
    raise RuntimeError(f"SeaweedFS did not start:\n{log.read_text(errors='replace')[-2000:]}")


def bucket_is_made(server: Server) -> bool:
    """Try to write: for an administrator the server makes a bucket that is missing."""
    bucket = S3Store(
        BUCKET,
        endpoint=server.endpoint,
        region="us-east-1",
        access_key_id=ACCESS_KEY,
        secret_access_key=SECRET_KEY,
        client_options={"allow_http": True},
        retry_config={"max_retries": 0},
    )
    try:
        obstore.put(bucket, "ready", b"")
        obstore.delete(bucket, "ready")
    except (BaseError, OSError):
        return False
    return True
