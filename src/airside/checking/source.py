"""What ruff says of the Python files of a workspace, as findings.

The workspace's own configuration of ruff is honoured as it is. Where there is none, `SELECTED` without `NOISY` holds.
"""

import os
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec
from ruff.__main__ import find_ruff_bin

from airside.base.children import inherited
from airside.base.errors import UsageError, WorkspaceError
from airside.checking.findings import Finding, Severity, in_order
from airside.workspace.settings import STATE_FOLDER

SELECTED: Final = ("F", "E4", "E7", "E9", "W6", "AIR3", "S")
"""pyflakes, the statements of pycodestyle, what Airflow 3 removed or moved, security.

AIR0 is taste, and AIR2 asks for `multiple_outputs` of every task that returns a dict.
"""

NOISY: Final = ("S101", "S105", "S106", "S107", "S108", "S310", "S311", "S603", "S607", "S608", "S701")
"""Assertions, `random`, temporary paths, opened URLs, started programs, SQL and Jinja that is put together: the daily
work of a workflow. Passwords in code are the rule `literal-secret`'s."""

ERRORS: Final = ("invalid-syntax", "E9", "F404", "F622", "F7", "F821", "F822", "F823", "AIR301", "AIR302", "AIR303")
"""What fails when it runs, by the beginning of the code; every other code is a warning."""

_CONFIGURATIONS = ("ruff.toml", ".ruff.toml")
_SUFFIXES = (".py", ".pyi")
_SYNTAX = "invalid-syntax"
_UNREADABLE = "E902"
_CHECKED = (0, 1)
"""The exit codes of ruff when it found nothing, and when it found something."""


class _Location(msgspec.Struct, frozen=True):
    row: int
    column: int


class _Fix(msgspec.Struct, frozen=True):
    message: str | None = None


class _Entry(msgspec.Struct, frozen=True):
    """What is read of ruff's JSON; ruff_linter/src/message of 0.12 to 0.17."""

    filename: str
    message: str
    location: _Location | None = None
    code: str | None = None
    url: str | None = None
    fix: _Fix | None = None


_ENTRIES = msgspec.json.Decoder(list[_Entry])


def find_ruff(environment: Path) -> Path:
    """Return the program: that of the workspace's `environment` (the version its team pins), or else Airside's own.

    Raises:
        UsageError: There is none.
    """
    pinned = environment / "bin" / "ruff"
    if pinned.is_file():
        return pinned
    try:
        return Path(find_ruff_bin())
    except FileNotFoundError as error:
        raise UsageError(
            "ruff, which checks the source, is not installed", hint="Install Airside again: it brings it"
        ) from error


def source_paths(root: Path, entries: Iterable[str]) -> tuple[str, ...]:
    """Return where the Python files of the workspace `root` are: its `entries`, `tests` and `policies`.

    A folder stands for all Python files in it but those that git ignores.
    """
    names = dict.fromkeys([*entries, "tests", "policies"])
    return tuple(name for name in names if (root / name).is_dir() or (name.endswith(".py") and (root / name).is_file()))


def severity_of(code: str) -> Severity:
    """Return what a finding with this code of ruff is, unless `[policy]` says otherwise."""
    return "error" if code.startswith(ERRORS) else "warning"


def source_findings(root: Path, paths: Sequence[str], *, ruff: Path, python: str | None = None) -> tuple[Finding, ...]:
    """Return what `ruff` finds in files and folders of the folder `root`.

    Args:
        root: The workspace, or another folder with its layout.
        paths: Relative to `root`; a file that is not Python, or that the configuration excludes, is left out.
        ruff: The program.
        python: The version that the files are written for, ``3.12``; None is that of this process.

    Raises:
        UsageError: ruff cannot check: its configuration is broken, or it cannot be started.
    """
    entries = _run(root, paths, ruff, ["--no-fix", *_defaults(root, paths, python)])
    return tuple(_without_echoes(in_order(_finding(entry, root) for entry in entries if not _is_gone(entry))))


def fix_source(
    root: Path, paths: Sequence[str], *, ruff: Path, python: str | None = None, ignored: Sequence[str] = ()
) -> Mapping[str, int]:
    """Let `ruff` mend what it can without a change of meaning, and return how often it did, by code.

    Args:
        root: As for `source_findings`.
        paths: As for `source_findings`.
        ruff: As for `source_findings`.
        python: As for `source_findings`.
        ignored: Codes, or beginnings of codes, that are left alone.

    Raises:
        UsageError: As for `source_findings`.
    """
    options = [*_defaults(root, paths, python), *(f"--ignore={code}" for code in ignored)]
    before = Counter(entry.code for entry in _run(root, paths, ruff, ["--no-fix", *options]))
    after = Counter(entry.code for entry in _run(root, paths, ruff, ["--fix", *options]))
    return {code or _SYNTAX: count for code, count in sorted((before - after).items(), key=str)}


def _run(root: Path, paths: Sequence[str], ruff: Path, options: Sequence[str]) -> list[_Entry]:
    places = [path for path in paths if path.endswith(_SUFFIXES) or (root / path).is_dir()]
    if not places:
        return []
    state = root / STATE_FOLDER
    cache = f"--cache-dir={state / 'ruff'}" if os.access(state, os.W_OK) else "--no-cache"
    command = [str(ruff), "check", "--output-format=json", "--force-exclude", cache, *options, "--", *places]
    try:
        done = subprocess.run(command, cwd=root, env=inherited(), capture_output=True, check=False)
    except OSError as error:
        raise UsageError(f"ruff cannot be started: {error}", hint=f"Look at {ruff}") from error
    if done.returncode not in _CHECKED:
        raise _broken(done.stderr.decode(errors="replace"))
    return _entries(done.stdout, ruff)


def _entries(output: bytes, ruff: Path) -> list[_Entry]:
    try:
        return _ENTRIES.decode(output)
    except msgspec.DecodeError as error:
        raise UsageError(
            f"{ruff} answers in a form that is not known: {error}", hint="Use a ruff between 0.12 and 0.17"
        ) from error


def _broken(words: str) -> UsageError:
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    said = "\n".join(line.removeprefix("Cause: ") for line in lines if line != "ruff failed")
    return UsageError(f"ruff cannot check the workspace: {said}", hint="Correct the configuration of ruff")


def _defaults(root: Path, paths: Iterable[str], python: str | None) -> list[str]:
    if any(_configures(folder) for folder in _folders(root, paths)):
        return []
    # ruff's own default is an old Python, whose grammar and built-in names lack what a newer one has.
    major, minor = python.split(".")[:2] if python else map(str, sys.version_info[:2])
    choice = ["--isolated", f"--target-version=py{major}{minor}"]
    return [*choice, f"--select={','.join(SELECTED)}", f"--ignore={','.join(NOISY)}"]


def _folders(root: Path, paths: Iterable[str]) -> dict[Path, None]:
    """Return where ruff looks for a configuration: from each path upwards."""
    places = [root / path for path in paths]
    return dict.fromkeys(folder for place in places for folder in (place, *place.parents))


def _configures(folder: Path) -> bool:
    if any((folder / name).is_file() for name in _CONFIGURATIONS):
        return True
    project = folder / "pyproject.toml"
    if not project.is_file():
        return False
    try:
        return "ruff" in tomllib.loads(project.read_text()).get("tool", {})
    except (OSError, ValueError) as error:
        raise WorkspaceError(f"{project} cannot be read: {error}", hint="Correct it; ruff reads it too") from error


def _is_gone(entry: _Entry) -> bool:
    """Tell whether the file was removed while ruff ran; a link to nowhere is there."""
    return entry.code == _UNREADABLE and not os.path.lexists(entry.filename)


def _finding(entry: _Entry, root: Path) -> Finding:
    code = entry.code or _SYNTAX  # None before 0.13
    place = entry.location
    return Finding(
        rule=code,
        severity=severity_of(code),
        file=_relative(Path(entry.filename), root),
        message=entry.message,
        line=place.row if place else None,
        column=place.column if place else None,
        fix=entry.fix.message if entry.fix else None,
        url=entry.url,
    )


def _without_echoes(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Leave out what a parser says after its first complaint about a file, as Python itself does."""
    broken = set()
    for finding in findings:
        if finding.rule != _SYNTAX or finding.file not in broken:
            yield finding
        if finding.rule == _SYNTAX:
            broken.add(finding.file)


def _relative(path: Path, root: Path) -> str:
    for start in (root, root.resolve()):
        if path.is_relative_to(start):
            return path.relative_to(start).as_posix()
    return path.as_posix()
