"""The workspace's own Python environment: its Airflow, its packages, and what Airside runs beside them."""

import fcntl
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from urllib.parse import unquote, urlsplit

from airside.base.errors import WorkspaceError
from airside.base.files import write_atomically
from airside.platform.lockfile import LOCK_FILE, ensure_lock, lock_digest
from airside.platform.steps import Report, Step
from airside.platform.uv import run_uv
from airside.workspace.layout import state_folder
from airside.workspace.workspace import Workspace

__all__ = ["LOCK_FILE", "ensure_environment", "environment_python", "lock_digest"]

STAMP = "airside.stamp"


def environment_folder(workspace: Workspace) -> Path:
    """Return where the environment is, or will be."""
    return workspace.state / "env"


def environment_python(workspace: Workspace) -> Path:
    """Return the interpreter of the environment, whether it is there or not."""
    return environment_folder(workspace) / "bin" / "python"


def ensure_environment(workspace: Workspace, report: Report) -> Path:
    """Bring the environment up to date with the workspace, and return its interpreter.

    An environment that is up to date costs a few file reads. One whose making was interrupted is made anew.

    Raises:
        UsageError: The packages do not fit together, or cannot be had.
        WorkspaceError: The folder of the environment cannot be written or read.
    """
    try:
        return _ensured(workspace, report)
    except OSError as error:
        raise WorkspaceError(
            f"The Python environment cannot be used: {error.filename or workspace.state}: {error.strerror}",
            hint=f"{workspace.state} has to be yours to write, on a disk with room; it can be removed.",
        ) from error


def _ensured(workspace: Workspace, report: Report) -> Path:
    version = workspace.settings.airflow.python or f"{sys.version_info.major}.{sys.version_info.minor}"
    with _one_builder(state_folder(workspace.root)):
        lock = ensure_lock(workspace, version, report)
        stamp = _expected_stamp(workspace, version)
        if _stamp(environment_folder(workspace)) != stamp or not environment_python(workspace).exists():
            report(Step(f"Building the Python environment with Airflow {workspace.settings.airflow.version}"))
            _build(workspace, version, lock)
            write_atomically(environment_folder(workspace) / STAMP, stamp.encode())
    return environment_python(workspace)


@contextmanager
def _one_builder(state: Path) -> Iterator[None]:
    """Let a deploy wait for the environment that an `airside up` builds at the same time."""
    with (state / "env.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _expected_stamp(workspace: Workspace, version: str) -> str:
    facts = {
        "lock": lock_digest(workspace),
        "python": version,
        "airside": _own_source(),
        "folder": str(environment_folder(workspace).resolve()),
    }
    return json.dumps(facts)


def _build(workspace: Workspace, version: str, lock: Path) -> None:
    folder, python = environment_folder(workspace), environment_python(workspace)
    # Without a stamp it is new, or a build was interrupted, and uv cannot replace a package that is half there.
    # Its programs name their interpreter: those of a workspace that was moved or copied would run another one's.
    whole = python.exists() and f'"folder": {json.dumps(str(folder.resolve()))}' in (_stamp(folder) or "")
    (folder / STAMP).unlink(missing_ok=True)
    if not whole or not _has_version(folder, version):
        run_uv(["venv", "--quiet", "--clear", "--python", version, str(folder)], cwd=workspace.root)
    target = ["--quiet", "--compile-bytecode", "--python", str(python)]
    run_uv(["pip", "sync", *target, str(lock)], cwd=workspace.root)
    run_uv(["pip", "install", *target, "--no-deps", *_own_source()], cwd=workspace.root)


def _stamp(folder: Path) -> str | None:
    path = folder / STAMP
    return path.read_text() if path.is_file() else None


def _has_version(folder: Path, version: str) -> bool:
    config = folder / "pyvenv.cfg"
    return config.is_file() and f"version_info = {version}" in config.read_text()


def _own_source() -> list[str]:
    """Return what makes pip install the very Airside that runs now (PEP 610)."""
    distribution = metadata.distribution("airside")
    text = distribution.read_text("direct_url.json")
    if text is None:
        return [f"airside=={distribution.version}"]
    origin = json.loads(text)
    if origin.get("dir_info", {}).get("editable"):
        return ["--editable", unquote(urlsplit(origin["url"]).path)]
    if vcs := origin.get("vcs_info"):
        return [f"airside @ {vcs['vcs']}+{origin['url']}@{vcs['commit_id']}"]
    return [f"airside @ {origin['url']}"]
