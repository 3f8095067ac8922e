"""A node of a cluster, as far as pods of tasks are concerned: `podman kube play`."""

import base64
import json
import selectors
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from containers import Podman
from pod_executor import REQUESTS, RESULTS, TEMPLATE


@dataclass
class Node:
    """Plays every pod that appears in a folder.

    Attributes:
        podman: What plays them.
        place: The folder, as `pod_executor` has it.
    """

    podman: Podman
    place: Path
    played: list[str] = field(default_factory=list)
    logs: dict[str, str] = field(default_factory=dict)
    _ended: threading.Event = field(default_factory=threading.Event)

    def prepare(self) -> None:
        """Make the folders that an executor expects."""
        for name in (REQUESTS, RESULTS):
            (self.place / name).mkdir(parents=True)

    def use_template(self, path: Path) -> None:
        """Make the pods of this template from now on."""
        shutil.copy(path, self.place / TEMPLATE)

    def container(self, pod: str) -> str:
        """Return the name of the container of a pod."""
        return f"{pod}-base"

    @contextmanager
    def playing(self) -> Iterator["Node"]:
        """Play pods until the block ends."""
        watcher = threading.Thread(target=self._watch)
        watcher.start()
        try:
            yield self
        finally:
            self._ended.set()
            watcher.join()
            for pod in self.played:
                self.podman("pod", "rm", "--force", "--time", "0", pod, check=False)

    def _watch(self) -> None:
        players = []
        while not self._ended.is_set():
            for request in sorted((self.place / REQUESTS).glob("*.yaml")):
                taken = request.rename(self.place / request.name)
                players.append(threading.Thread(target=self._play, args=(taken,)))
                players[-1].start()
            time.sleep(0.1)
        for player in players:
            player.join(60)

    def _play(self, manifest: Path) -> None:
        pod = manifest.stem
        self.played.append(pod)
        played = self.podman("kube", "play", str(manifest), check=False)
        code = self.podman("wait", self.container(pod), check=False) or f"not played: {played}"
        self.logs[pod] = self.podman.output("logs", self.container(pod))
        (self.place / f"{pod}.log").write_text(self.logs[pod])
        staged = self.place / f"{pod}.result"
        staged.write_text(code.splitlines()[-1])
        staged.rename(self.place / RESULTS / pod)


def make_secret(podman: Podman, name: str, data: Mapping[str, str]) -> Callable[[], object]:
    """Give pods a secret, and return what takes it away; podman keeps its data as Kubernetes has them, in JSON."""
    encoded = {key: base64.b64encode(value.encode()).decode() for key, value in data.items()}
    podman("secret", "create", name, "-", stdin=json.dumps(encoded))
    return lambda: podman("secret", "rm", name, check=False)


@contextmanager
def forwarding(address: str, port: int, to: tuple[str, int]) -> Iterator[threading.Event]:
    """Forward connections to `address:port` until the block ends; none while the event is set.

    A cable between two networks, which can be cut.
    """
    cut, ended = threading.Event(), threading.Event()
    with socket.create_server((address, port)) as server:
        server.settimeout(0.2)
        accepting = threading.Thread(target=_accept, args=(server, to, cut, ended))
        accepting.start()
        try:
            yield cut
        finally:
            ended.set()
            accepting.join()


def _accept(server: socket.socket, to: tuple[str, int], cut: threading.Event, ended: threading.Event) -> None:
    calls = []
    while not ended.is_set():
        try:
            client, _ = server.accept()
        except TimeoutError:
            continue
        calls.append(threading.Thread(target=_forward, args=(client, to, cut, ended)))
        calls[-1].start()
    for call in calls:
        call.join(30)


def _forward(client: socket.socket, to: tuple[str, int], cut: threading.Event, ended: threading.Event) -> None:
    with client, suppress(OSError), selectors.DefaultSelector() as ready:
        if cut.is_set():
            return
        with socket.create_connection(to) as upstream:
            ready.register(client, selectors.EVENT_READ, upstream)
            ready.register(upstream, selectors.EVENT_READ, client)
            while not cut.is_set() and not ended.is_set():
                for key, _ in ready.select(0.2):
                    source, target = key.fileobj, key.data
                    assert isinstance(source, socket.socket)
                    if not (data := source.recv(65536)):
                        return
                    target.sendall(data)
