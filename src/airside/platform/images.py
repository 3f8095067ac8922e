"""Building and pushing images, with docker or podman."""

import shutil
import subprocess
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from airside.base.children import inherited
from airside.base.errors import PlatformError, UsageError

PROGRAMS: Final = ("docker", "podman")
_LAST_LINES: Final = 25
_DENIED: Final = ("denied", "unauthorized", "authentication required", "no basic auth", "forbidden")
_QUESTION_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Builder:
    """A program that builds images.

    Attributes:
        program: `docker` or `podman`.
        path: Where it is.
    """

    program: str
    path: str

    def build(self, context: Path, containerfile: str, reference: str, tell: Callable[[str], None]) -> str:
        """Build an image and return its id. What has not changed is not built again.

        Args:
            context: The folder with everything it needs.
            containerfile: The name of the Containerfile there.
            reference: What it is called.
            tell: Is given each line that the program prints.

        Raises:
            PlatformError: It failed; what it said last is in the message.
        """
        # Health checks are left out of images of the other format (podman-build(1)).
        words = ["build", *(["--format", "docker"] if self.program == "podman" else [])]
        code, said = self._run([*words, "--file", containerfile, "--tag", reference, "."], context, tell)
        if code != 0:
            raise PlatformError(
                f"{self.program} could not build {reference}:\n{said}",
                hint="The last lines say which step failed. Packages of Debian are in image.packages of airside.toml.",
            )
        return self._ask("image", "inspect", "--format", "{{.Id}}", reference).strip()

    def push(self, reference: str, tell: Callable[[str], None]) -> None:
        """Push an image to the registry that its name has.

        Raises:
            PlatformError: The registry refused it or does not answer.
        """
        code, said = self._run(["push", reference], Path("/"), tell)
        if code == 0:
            return
        host = reference.partition("/")[0]
        denied = any(word in said.lower() for word in _DENIED)
        raise PlatformError(
            f"{host} {'denies' if denied else 'did not take'} {reference}:\n{said}",
            hint=f"{self.program} login {host}" if denied else f"Does {host} answer? The image is built; push again.",
        )

    def require_service(self) -> None:
        """Return if it can build.

        Raises:
            PlatformError: docker's daemon does not answer.
        """
        if self.program == "docker":
            self._ask("version", "--format", "{{.Server.Version}}")

    def _ask(self, *words: str) -> str:
        done = subprocess.run(
            [self.path, *words],
            env=inherited(),
            capture_output=True,
            text=True,
            check=False,
            timeout=_QUESTION_SECONDS,
        )
        if done.returncode != 0:
            said = (done.stderr or done.stdout).strip()
            raise PlatformError(
                f"{self.program} does not answer: {said}",
                hint="Start docker, or build with podman: airside image build --with podman"
                if self.program == "docker"
                else None,
            )
        return done.stdout

    def _run(self, words: Sequence[str], folder: Path, tell: Callable[[str], None]) -> tuple[int, str]:
        last: deque[str] = deque(maxlen=_LAST_LINES)
        with subprocess.Popen(
            [self.path, *words],
            cwd=folder,
            env=inherited(BUILDKIT_PROGRESS="plain"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process:
            for line in process.stdout or ():
                last.append(line.rstrip())
                tell(line.rstrip())
        return process.returncode, "\n".join(last)


def find_builder(program: str | None) -> Builder:
    """Return what builds images here: the program that is named, else docker, else podman.

    A docker whose daemon does not run is passed over where there is podman.

    Raises:
        UsageError: There is none.
        PlatformError: There is docker alone, and its daemon does not answer.
    """
    wanted = (program,) if program else PROGRAMS
    found = [Builder(name, path) for name in wanted if (path := shutil.which(name))]
    if not found:
        raise UsageError(
            f"There is no {' and no '.join(wanted)} on this machine",
            hint="Install docker or podman; or let another machine build deploy/image/Containerfile.",
        )
    for builder in found[:-1]:
        try:
            builder.require_service()
        except PlatformError:
            continue
        return builder
    found[-1].require_service()
    return found[-1]
