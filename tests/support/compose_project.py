"""A stack of docker-compose that really runs, under podman."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import health_pump
from containers import Container, Podman, PodmanError

_UP_SECONDS = 900


def program() -> str:
    """Return docker-compose: that of the development dependencies, else that of the machine."""
    beside = Path(sys.executable).with_name("docker-compose")
    found = str(beside) if beside.exists() else shutil.which("docker-compose")
    if found is None:
        raise FileNotFoundError("There is no `docker-compose`: install the development dependencies")
    return found


@dataclass(frozen=True)
class Project:
    """A project, whose files are in `folder`.

    Attributes:
        podman: What runs its containers.
        folder: Where `compose.yaml` is.
        name: Of the project.
    """

    podman: Podman
    folder: Path
    name: str

    def __call__(self, *words: str, check: bool = True) -> str:
        """Run `docker-compose WORDS` and return what it printed.

        Raises:
            PodmanError: It ended with an error, unless `check` is false.
        """
        done = subprocess.run(
            [program(), "--project-name", self.name, *words],
            cwd=self.folder,
            env=self.podman.environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=_UP_SECONDS,
        )
        if check and done.returncode != 0:
            raise PodmanError(f"docker-compose {' '.join(words)}: {done.stdout[-3000:]}\n{done.stderr[-5000:]}")
        return done.stdout.strip()

    def containers(self, service: str) -> list[Container]:
        """Return the containers of a service that run, the oldest first."""
        return [Container(self.podman, found) for found in self("ps", "--quiet", service).split()]

    def container(self, service: str) -> Container:
        """Return the only container of a service."""
        (found,) = self.containers(service)
        return found

    def everything(self) -> dict[str, str]:
        """Return when each running container was started last, by its id."""
        return {each: Container(self.podman, each).started for each in self("ps", "--quiet").split()}


@contextmanager
def project(podman: Podman, folder: Path, name: str | None = None) -> Iterator[Project]:
    """Have a project until the block ends; its health checks are run, and nothing of it is left."""
    podman.serve()
    made = Project(podman, folder, name or f"airside{podman.token}{os.urandom(2).hex()}")
    try:
        with health_pump.pumped(podman, made.name):
            yield made
    finally:
        made("down", "--volumes", "--timeout", "1", "--remove-orphans", check=False)
        podman.remove_project(made.name)
