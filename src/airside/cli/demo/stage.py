"""Where the demonstration plays: it runs what a user would type, times it and shows it."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from airside.base.errors import FindingsError
from airside.cli.output import Output


@dataclass
class Stage:
    """One demonstration.

    Attributes:
        folder: The workspace that it makes.
        output: Where it is shown.
        environ: The environment variables of what it runs.
        times: How long each finished step took, in seconds, with what was seen.
    """

    folder: Path
    output: Output
    environ: Mapping[str, str]
    times: list[tuple[str, float, str]] = field(default_factory=list)

    @contextmanager
    def step(self, title: str) -> Iterator[list[str]]:
        """Time a step and show it. The body appends what it has seen to the list.

        Raises:
            FindingsError: Whatever the body raised of that kind; the step is named.
        """
        self.output.progress(f"▶ {title}", style="bold")
        seen: list[str] = []
        started = time.perf_counter()
        yield seen
        self.times.append((title, time.perf_counter() - started, "; ".join(seen)))
        self.output.progress(f"✔ {title} ({self.times[-1][1]:.1f} s) {self.times[-1][2]}", style="green")

    def airside(self, *arguments: str, where: Path | None = None) -> Any:  # noqa: ANN401 - each verb has its own document
        """Run `airside` with these arguments and return its JSON document.

        Raises:
            FindingsError: It failed; its message and hint are in it.
        """
        self.output.progress(f"  $ airside {' '.join(arguments)}", style="dim")
        command = [sys.executable, "-m", "airside", "--json", "--yes", *arguments]
        done = subprocess.run(
            command, cwd=where or self.folder, env=self.environ, capture_output=True, text=True, check=False
        )
        document = json.loads(done.stdout) if done.stdout.strip() else {}
        if done.returncode == 0:
            return document
        error = document.get("error", {}) if isinstance(document, dict) else {}
        message = error.get("message") or done.stderr.strip() or "no message"
        raise FindingsError(
            f"`airside {' '.join(arguments)}` failed ({done.returncode}): {message}", hint=error.get("hint")
        )

    def run(self, command: Sequence[str]) -> str:
        """Run another program in the workspace and return what it printed.

        Raises:
            FindingsError: It failed.
        """
        self.output.progress(f"  $ {' '.join(command)}", style="dim")
        done = subprocess.run(command, cwd=self.folder, env=self.environ, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise FindingsError(f"`{' '.join(command)}` failed ({done.returncode}): {done.stderr.strip()}")
        return done.stdout.strip()


def expect(claim: str, *, holds: bool) -> None:
    """Verify what a step promises.

    Raises:
        FindingsError: It does not hold.
    """
    if not holds:
        raise FindingsError(f"The demonstration expected that {claim}; it is not so")
