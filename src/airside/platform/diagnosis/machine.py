"""This machine: programs, versions, locale and time zones."""

import locale
import platform
import shutil
import subprocess
import zoneinfo
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path

import uv

from airside.base.errors import UsageError
from airside.platform.diagnosis.findings import Finding
from airside.secrets.sops import find_sops

_PATIENCE = 4.0


def machine_findings(programs: Path, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Look at this machine.

    Args:
        programs: The folder with Airside's own programs.
        environ: The environment variables of this process.
    """
    yield Finding("machine", "ok", f"airside {metadata.version('airside')} on Python {platform.python_version()}")
    yield _program("uv", Path(uv.find_uv_bin()), environ, "uv tool install --force airside")
    git = shutil.which("git", path=environ.get("PATH"))
    yield _program("git", Path(git) if git else None, environ, "Install git.")
    yield _sops(programs, environ)
    yield _encoding()
    yield _time_zones()


def _program(name: str, path: Path | None, environ: Mapping[str, str], fix: str) -> Finding:
    if path is None:
        return Finding("machine", "problem", f"There is no program {name}", fix)
    try:
        done = subprocess.run(
            [path, "--version"], env=environ, capture_output=True, text=True, timeout=_PATIENCE, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        return Finding("machine", "problem", f"{path} does not run: {error}", fix)
    return Finding("machine", "ok", done.stdout.strip().partition("\n")[0])


def _sops(programs: Path, environ: Mapping[str, str]) -> Finding:
    try:
        return Finding("machine", "ok", f"sops is {find_sops(programs, environ.get('PATH'))}")
    except UsageError as error:
        return Finding("machine", "warning", f"{error.message}: secrets cannot be edited or loaded", error.hint)


def _encoding() -> Finding:
    encoding = locale.getpreferredencoding(do_setlocale=False)
    if encoding.lower().replace("-", "") != "utf8":
        return Finding("machine", "warning", f"Text files are read as {encoding}", "export LC_ALL=C.UTF-8")
    return Finding("machine", "ok", "Text is UTF-8")


def _time_zones() -> Finding:
    try:
        zoneinfo.ZoneInfo("Europe/Paris")
    except zoneinfo.ZoneInfoNotFoundError:
        fix = "Install the package tzdata of your system, or of Python."
        return Finding("machine", "warning", "There are no time zones, so schedules in one fail", fix)
    return Finding("machine", "ok", "Time zones are known")
