"""`requirements.lock`: the exact packages of a workspace, resolved once and kept in git."""

import re
import shutil
import tempfile
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from airside.base.digest import Digest
from airside.base.errors import UsageError, WorkspaceError
from airside.base.files import write_atomically
from airside.base.suggestions import suggestion
from airside.platform.steps import Report, Step
from airside.platform.uv import run_uv
from airside.workspace.requirement_lines import lacking
from airside.workspace.targets.packages import wanted_packages
from airside.workspace.workspace import Workspace

LOCK_FILE = "requirements.lock"
REQUIREMENTS = "requirements.txt"
_HEADER = "# Made by `airside up` from airside.toml and requirements.txt; keep it in git. inputs: "
_EXTRA = re.compile(r"""extra\s*==\s*['"](?P<name>[\w-]+)['"]""")


_OWN_LINE = re.compile(
    r"^[ \t]*airside[ \t]*(?:\[(?P<extras>[^\]\n]*)\])?[ \t]*(?=$|[<>=!~;@#\s])", re.MULTILINE | re.IGNORECASE
)
"""A line of requirements that names Airside itself, `airside[test]`."""

_FURTHER = re.compile(r"^\s*(?:-[rc]|--requirement|--constraint)[\s=]*(?P<file>[^\s#=]+)", re.MULTILINE)
"""A line that leads to another file; of a URL there is no such file, and it counts as it is written."""


def lock_path(workspace: Workspace) -> Path:
    """Return where the lock file is, or will be."""
    return workspace.root / LOCK_FILE


def lock_digest(workspace: Workspace) -> Digest | None:
    """Return the digest of the lock file; None while there is none."""
    path = lock_path(workspace)
    return Digest.of(path.read_bytes()) if path.is_file() else None


def require_locked(workspace: Workspace, wanted: Iterable[str]) -> None:
    """Refuse a lock file that lacks a package, if it is one that `ensure_lock` has made; another is its author's.

    Raises:
        WorkspaceError: Naming what is missing.
    """
    path = lock_path(workspace)
    text = path.read_text() if path.is_file() else ""
    if text.startswith(_HEADER) and (missing := lacking(text, wanted)):
        raise WorkspaceError(
            f"{LOCK_FILE} lacks {', '.join(missing)}, which Airflow needs there",
            hint="`airside check` resolves the packages anew, once airside.toml has the table of the target.",
        )


def ensure_lock(workspace: Workspace, python: str, report: Report) -> Path:
    """Resolve the packages of `workspace` if what they follow from has changed, and return the lock file.

    Args:
        workspace: Whose `airside.toml` and `requirements.txt` count.
        python: The version of Python to resolve for, `3.11`.
        report: Is told when there is work.

    Raises:
        UsageError: There is no set of packages that fits; uv's explanation is in the message.
    """
    text = _requirements(workspace)
    wanted = _wanted(workspace, text)
    inputs = "\n".join([python, *wanted, text])
    header = f"{_HEADER}{Digest.of(inputs.encode()).hex}\n"
    path = lock_path(workspace)
    if path.is_file() and path.read_text().startswith(header):
        return path
    report(Step(f"Resolving packages for Python {python}"))
    with tempfile.TemporaryDirectory(prefix="airside-lock-") as folder:
        output = Path(folder) / LOCK_FILE
        if path.is_file():
            shutil.copy(path, output)  # uv keeps the versions that still fit
        options = ["--quiet", "--no-header", "--python-version", python, "--output-file", str(output)]
        options += _without_own(text, Path(folder))
        run_uv(["pip", "compile", "-", *options], cwd=workspace.root, stdin="\n".join(wanted))
        write_atomically(path, header.encode() + output.read_bytes())
    return path


def _wanted(workspace: Workspace, text: str) -> list[str]:
    wanted = [f"apache-airflow[postgres]=={workspace.settings.airflow.version}"]
    for extra in dict.fromkeys(("airflow", "postgres", *_own_extras(text))):
        wanted += own_requirements(extra)
    wanted += wanted_packages(workspace.settings)
    if (workspace.root / REQUIREMENTS).is_file():
        wanted.append(f"-r {REQUIREMENTS}")
    return wanted


def _without_own(text: str, folder: Path) -> list[str]:
    """Return the options that keep uv from looking for Airside itself: the environment gets the one that runs now."""
    if not _OWN_LINE.search(text):
        return []
    excluded = folder / "excluded.txt"
    excluded.write_text("airside\n")
    return ["--excludes", str(excluded)]


def _own_extras(text: str) -> list[str]:
    """Return the extras of Airside that requirements name, in order.

    Raises:
        UsageError: There is no such extra.
    """
    names = [name.strip().lower() for found in _OWN_LINE.finditer(text) for name in (found["extras"] or "").split(",")]
    known = metadata.metadata("airside").get_all("Provides-Extra") or []
    for name in filter(None, names):
        if name not in known:
            raise UsageError(
                f"Airside has no extra {name!r} (known: {', '.join(sorted(known))}{suggestion(name, known)})",
                hint=f"Correct the line of airside in {REQUIREMENTS}.",
            )
    return [name for name in names if name]


def _requirements(workspace: Workspace) -> str:
    """Return the text of `requirements.txt` and of every file that it leads to."""
    found: dict[Path, str] = {}
    waiting = [workspace.root / REQUIREMENTS]
    while waiting:
        path = waiting.pop().resolve()
        if path not in found and path.is_file():
            found[path] = path.read_text()
            waiting += [path.parent / match["file"] for match in _FURTHER.finditer(found[path])]
    return "\n".join(found.values())


def own_requirements(extra: str) -> list[str]:
    """Return the requirements of Airside's extra `extra`, as its distribution names them."""
    listed = (line.partition(";") for line in metadata.requires("airside") or [])
    return [
        requirement.strip()
        for requirement, _, marker in listed
        if (match := _EXTRA.search(marker)) and match["name"] == extra
    ]
