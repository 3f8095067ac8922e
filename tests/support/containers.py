"""Real containers: podman as root, with a configuration of its own and an end of all that a test makes.

Nothing of the machine is changed: the configuration is in a temporary folder. Images that take long to make stay in
podman's storage (`container_images.py`).

    with containers.use() as podman:
        network = podman.network()
        server = podman.run(image, "sleep", "60", network=network)
        server.exec("cat", "/etc/hostname")
"""

import json
import os
import resource
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LABEL = "dev.airside.test"
COMPOSE_LABEL = "com.docker.compose.project"
_COMMAND_SECONDS = 900.0
_KINDS = ("container", "network", "volume")


class PodmanError(AssertionError):
    """podman refused something; what it said is in the message."""


def missing() -> str | None:
    """Return why there can be no containers here; None where there can."""
    if os.geteuid() != 0:
        return "containers of tests need root"
    for program in ("podman", "runc", "debootstrap"):
        if shutil.which(program) is None:
            return f"there is no {program}: apt-get install podman runc debootstrap"
    return None


@dataclass(frozen=True)
class Container:
    """One that a test has started."""

    podman: "Podman"
    id: str

    def exec(self, *words: str, check: bool = True, user: str | None = None) -> str:
        """Run a program in it, and return what that printed."""
        options = ["--user", user] if user else []
        return self.podman(*("exec", *options, self.id, *words), check=check)

    def logs(self) -> str:
        """Return all that it has printed, errors too."""
        return self.podman.output("logs", self.id)

    def inspect(self) -> Any:  # noqa: ANN401 - as many shapes as podman has
        """Return all that podman knows of it."""
        return json.loads(self.podman("inspect", self.id))[0]

    @property
    def address(self) -> str:
        """Its address on the one network that it is in; this machine reaches it there."""
        networks = self.inspect()["NetworkSettings"]["Networks"]
        return str(next(each["IPAddress"] for each in networks.values()))

    @property
    def health(self) -> str:
        """`healthy`, `unhealthy`, `starting`; empty where it has no health check."""
        return str(self.inspect()["State"].get("Health", {}).get("Status", ""))

    @property
    def started(self) -> str:
        """When its process was started last: another one after a restart."""
        return str(self.inspect()["State"]["StartedAt"])

    @property
    def running(self) -> bool:
        """Whether its process is there."""
        return bool(self.inspect()["State"]["Running"])

    def remove(self, seconds: int = 0) -> None:
        """End it, with force after `seconds`, and remove it with its unnamed volumes."""
        self.podman("rm", "--force", "--volumes", "--time", str(seconds), self.id)


@dataclass
class Podman:
    """A podman whose things can be told from all others.

    Attributes:
        folder: Where its configuration and socket are.
        token: The value of the label of everything that it makes.
    """

    folder: Path
    token: str = field(default_factory=lambda: secrets.token_hex(4))
    _service: subprocess.Popen[bytes] | None = None
    _endings: list[Callable[[], object]] = field(default_factory=list)

    @property
    def environ(self) -> dict[str, str]:
        """The environment of every program that speaks to it, docker-compose too."""
        socket = {"DOCKER_HOST": f"unix://{self.folder}/podman.sock"} if self._service else {}
        return {**_inherited(), "CONTAINERS_CONF": str(self.folder / "containers.conf"), **socket}

    def __call__(self, *words: str, check: bool = True, stdin: str | None = None, cwd: Path | None = None) -> str:
        """Run `podman WORDS` and return its standard output.

        Raises:
            PodmanError: It ended with an error, unless `check` is false.
        """
        done = subprocess.run(
            ["podman", *words],
            input=stdin,
            cwd=cwd,
            capture_output=True,
            text=True,
            check=False,
            timeout=_COMMAND_SECONDS,
            env=self.environ,
        )
        if check and done.returncode != 0:
            said = f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
            raise PodmanError(f"podman {' '.join(words)} ended with {done.returncode}:\n{said}")
        return done.stdout.strip()

    def output(self, *words: str) -> str:
        """Run `podman WORDS` and return its standard output and its errors, in their order."""
        done = subprocess.run(
            ["podman", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=True,
            timeout=_COMMAND_SECONDS,
            env=self.environ,
        )
        return done.stdout

    def run(
        self,
        image: str,
        *command: str,
        name: str | None = None,
        network: str | None = None,
        env: Mapping[str, str] | None = None,
        options: tuple[str, ...] = (),
    ) -> Container:
        """Start a container and return it while it runs.

        Args:
            image: Of which image.
            command: What it runs; the image's own command by default.
            name: Its name, by which others on its network find it; without one it gets one that nobody knows.
            network: `host`, `none`, or what `network()` has returned; by default podman's own, which has no names.
            env: Environment variables, beside those of the image.
            options: Further options of `podman run`.
        """
        words = ["run", "--detach", "--label", f"{LABEL}={self.token}"]
        words += ["--name", name] if name else []
        words += ["--network", network] if network else []
        for key, value in (env or {}).items():
            words += ["--env", f"{key}={value}"]
        return Container(self, self(*words, *options, image, *command))

    def container(self, name: str) -> Container:
        """Return a container that something else has started, by its name or id."""
        return Container(self, self("inspect", "--type", "container", "--format", "{{.Id}}", name))

    def once(self, image: str, *command: str, options: tuple[str, ...] = (), check: bool = True) -> str:
        """Run a container to its end and return what it printed."""
        return self("run", "--rm", "--label", f"{LABEL}={self.token}", *options, image, *command, check=check)

    def network(self) -> str:
        """Make a network with names and return its name; its containers reach this machine and each other."""
        name = f"airside-{self.token}-{secrets.token_hex(2)}"
        self("network", "create", "--label", f"{LABEL}={self.token}", name)
        return name

    def volume(self) -> str:
        """Make an empty volume and return its name."""
        return self("volume", "create", "--label", f"{LABEL}={self.token}")

    def build(self, context: Path, tag: str, *options: str, containerfile: str = "Containerfile") -> str:
        """Build an image from a folder and return `tag`; packages come over this machine's own network."""
        words = ["build", "--format", "docker", "--network", "host", *options]
        self(*words, "--file", containerfile, "--tag", tag, ".", cwd=context)
        return tag

    def serve(self) -> str:
        """Serve docker's interface on a Unix socket and return its address, for docker-compose."""
        if self._service is None:
            socket = self.folder / "podman.sock"
            words = ["podman", "system", "service", "--time=0", f"unix://{socket}"]
            with (self.folder / "service.log").open("wb") as log:
                self._service = subprocess.Popen(words, env=self.environ, stdout=log, stderr=log)
            await_true(socket.exists, "podman serves its socket", seconds=30)
        return self.environ["DOCKER_HOST"]

    def at_end(self, ending: Callable[[], object]) -> None:
        """Have `ending` called before everything is removed."""
        self._endings.append(ending)

    def close(self) -> None:
        """Remove everything that was made here."""
        for ending in reversed(self._endings):
            ending()
        for kind in _KINDS:
            self._remove_all(kind, f"label={LABEL}={self.token}")
        if self._service is not None:
            self._service.terminate()
            self._service.wait(30)

    def remove_project(self, project: str) -> None:
        """Remove what a project of docker-compose has left."""
        for kind in _KINDS:
            self._remove_all(kind, f"label={COMPOSE_LABEL}={project}")

    def _remove_all(self, kind: str, condition: str) -> None:
        listed = ("ps", "--all") if kind == "container" else (kind, "ls")
        force = ("--force", "--time", "0") if kind != "volume" else ("--force",)
        for found in self(*listed, "--quiet", "--filter", condition).split():
            self(kind, "rm", *force, found, check=False)


@contextmanager
def use() -> Iterator[Podman]:
    """Have a podman until the block ends; then nothing that it made is left, but images."""
    # The path of a Unix socket has at most 107 characters, fewer than most temporary folders of a test.
    folder = Path(tempfile.mkdtemp(prefix="pod"))
    (folder / "containers.conf").write_text(_configuration())
    podman = Podman(folder)
    try:
        yield podman
    finally:
        podman.close()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def own_address() -> Iterator[str]:
    """Give this machine an address that containers of every network reach, and take it back at the end."""
    address = f"10.254.{os.getpid() // 250 % 250 + 1}.{os.getpid() % 250 + 1}"
    subprocess.run(["ip", "address", "replace", f"{address}/32", "dev", "lo"], check=True)
    try:
        yield address
    finally:
        subprocess.run(["ip", "address", "delete", f"{address}/32", "dev", "lo"], check=True)


def await_true(condition: Callable[[], object], what: str, seconds: float = 120.0) -> None:
    """Wait until `condition` returns something true.

    Raises:
        AssertionError: It did not within `seconds`.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.2)
    raise AssertionError(f"not within {seconds:.0f} s: {what}")


def _inherited() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "DOCKER_HOST"}  # noqa: TID251 - a test's own


def _configuration() -> str:
    """Return the configuration: crun refuses the hybrid control groups of some machines, runc higher limits."""
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    limit = min(files, 65536) if files != resource.RLIM_INFINITY else 65536
    return (
        f'[containers]\ndefault_ulimits = ["nofile={limit}:{limit}", "nproc=4096:4096"]\n'
        '[engine]\nruntime = "runc"\nevents_logger = "file"\n'
    )
