"""Following a page of the documentation: its commands are typed at a terminal, and must do what the page shows.

A fence is followed when the line before it is a comment that says so:

* ``<!-- run -->`` before ``console``: lines that begin with ``$ `` are typed, in order, in one folder for a page.
  Every other line of the fence must appear in the output of its command, in order; ``…`` stands for any text.
* ``<!-- run -->`` before ``diff``: the change is made to the files.
* ``<!-- run: platform -->``: the same, and a running Airflow is needed.
* ``<!-- run: exit 3 -->``: the last command of the fence ends with this code. Every other one ends with 0.

Questions that end in ``[y/N]:`` are answered with yes.
"""

import os
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"

_FENCE = re.compile(
    r"^(?:<!-- run(?P<marks>:[^>]*)? -->\n)?```(?P<language>\w*)[^\n]*\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
_QUESTION = b"[y/N]: "
_PATIENCE = 900.0
"""Seconds for one command; the first `airside up` installs Airflow."""


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced block of a page.

    Attributes:
        where: The page and the line, for messages.
        language: What stands after the opening of the fence.
        text: Its lines.
        run: Whether it is to be followed.
        platform: Whether it needs a running Airflow.
        exit_code: What its last command ends with.
    """

    where: str
    language: str
    text: str
    run: bool
    platform: bool
    exit_code: int


@dataclass(frozen=True, slots=True)
class Typed:
    """A command of a page, and the lines that the page shows below it."""

    command: str
    shown: tuple[str, ...]


def fences(page: Path) -> list[Fence]:
    """Return the fenced blocks of a page."""
    return list(_fences(page.read_text(), page.name))


def _fences(text: str, name: str) -> Iterator[Fence]:
    for match in _FENCE.finditer(text):
        opening = match[0].split("```", 1)[0]
        marks = (match["marks"] or "").removeprefix(":")
        code = re.search(r"exit (\d+)", marks)
        yield Fence(
            where=f"{name}:{text.count(chr(10), 0, match.start()) + 1}",
            language=match["language"],
            text=match["text"],
            run=bool(opening),
            platform="platform" in marks,
            exit_code=int(code[1]) if code else 0,
        )


def typed(fence: Fence) -> list[Typed]:
    """Return the commands of a `console` fence."""
    steps: list[tuple[str, list[str]]] = []
    for line in fence.text.splitlines():
        if line.startswith("$ "):
            steps.append((line.removeprefix("$ "), []))
        elif steps:
            steps[-1][1].append(line)
    return [Typed(command, tuple(shown)) for command, shown in steps]


def first_missing(shown: Sequence[str], output: str) -> str | None:
    """Return the first of the lines `shown` that `output` lacks, or None. White space counts as one space."""
    lines = iter([" ".join(line.split()) for line in output.splitlines()])
    for line in shown:
        wanted = re.escape(" ".join(line.split())).replace("…", ".*")
        if wanted and not any(re.fullmatch(wanted, found) for found in lines):
            return line
    return None


class Reader:
    """Somebody who follows a page in an empty folder, with nothing but what the page says.

    Args:
        home: An empty folder: home and working folder.
        inherited: The environment variables of the machine.
    """

    def __init__(self, home: Path, inherited: Mapping[str, str]) -> None:
        self.folder = home
        kept = {name: value for name, value in inherited.items() if not name.startswith(("AIRSIDE_", "AIRFLOW"))}
        kept.pop("PYTHONDONTWRITEBYTECODE", None)
        identity = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in _ANA.items()}
        self.environ = (
            kept
            | identity
            | {
                "AIRSIDE_ACTOR": "ana",
                "COLUMNS": "200",
                "LINES": "50",
                "HOME": str(home),
                "LC_ALL": "C.UTF-8",
                "NO_COLOR": "1",
                "PATH": os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", os.defpath)]),
                "TERM": "dumb",
                "UV_CACHE_DIR": kept.get("UV_CACHE_DIR") or str(Path("~/.cache/uv").expanduser()),
            }
        )

    def follow(self, fence: Fence) -> None:
        """Do what the fence says; fail when something else happens than it shows."""
        if fence.language == "diff":
            subprocess.run(
                ["git", "apply", "-"], cwd=self.folder, env=self.environ, input=fence.text, text=True, check=True
            )
            return
        steps = typed(fence)
        for step in steps:
            code, output = self.type(step.command)
            wanted = fence.exit_code if step is steps[-1] else 0
            told = f"{fence.where}: `{step.command}` ended with {code} and printed:\n{output}"
            assert code == wanted, f"exit code {wanted} was expected. {told}"
            missing = first_missing(step.shown, output)
            assert missing is None, f"the page shows this line, which did not come: {missing!r}. {told}"

    def type(self, command: str) -> tuple[int, str]:
        """Type a command at a terminal, answer its questions, and return its exit code and what it printed."""
        if command.startswith("cd "):
            self.folder = (self.folder / command.removeprefix("cd ")).resolve(strict=True)
            return 0, ""
        ours, its = os.openpty()
        try:
            process = subprocess.Popen(
                ["bash", "-c", command],
                cwd=self.folder,
                env=self.environ,
                stdin=its,
                stdout=its,
                stderr=its,
                start_new_session=True,
            )
        finally:
            os.close(its)
        try:
            output = _watched(process, ours)
        finally:
            os.close(ours)
        return process.wait(), output.decode(errors="replace").replace("\r\n", "\n")


_ANA = {"NAME": "Ana", "EMAIL": "ana@example.com"}


def _watched(process: "subprocess.Popen[bytes]", terminal: int) -> bytes:
    """Return what appears at the terminal until the process has ended."""
    output, deadline = bytearray(), time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        ended = process.poll() is not None
        ready = select.select([terminal], [], [], 0.1)[0]
        data = _read(terminal) if ready else b""
        if ended and not data:
            return bytes(output)
        output += data
        if data and output.endswith(_QUESTION):
            os.write(terminal, b"y\n")
    process.kill()
    process.wait()
    raise AssertionError(f"no end after {_PATIENCE:.0f} s: {bytes(output).decode(errors='replace')}")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so when no process has the other side open
        time.sleep(0.05)
        return b""
