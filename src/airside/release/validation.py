"""Which files may ship. Every rule is about something that breaks a machine that receives them."""

from collections.abc import Iterator, Sequence
from typing import Final

from airside.base.errors import FindingsError
from airside.base.paths import folded, path_fault
from airside.release.ignoring import IGNORE_FILE, ignore_fault
from airside.release.source import SourceFile

MAX_FILES: Final = 50_000
"""Files in a tree: a manifest of as many, with paths of ordinary length, is a quarter of its own limit."""

MAX_FILE_BYTES: Final = 64 * 1024 * 1024
"""Bytes of one file: it must fit into a pack. Code and settings are far below; data belongs elsewhere."""

MAX_TREE_BYTES: Final = 1024 * 1024 * 1024
"""Bytes of all files: what a worker still unpacks within the time that a task may take to start."""

_SHOWN = 20


def require_valid(files: Sequence[SourceFile], *, dags: str | None = None) -> None:
    """Return when `files` may ship as a release.

    Args:
        files: Everything that is to ship.
        dags: The folder that must hold a file; None asks only for any file besides `.airflowignore`.

    Raises:
        FindingsError: They may not; the message lists why.
    """
    if faults := tree_faults(files, dags=dags):
        listed = "\n".join(f"  {fault}" for fault in faults[:_SHOWN])
        more = f"\n  and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        raise FindingsError(
            f"These files cannot ship:\n{listed}{more}", hint="Rename or remove them, or take them out of `include`."
        )


def tree_faults(files: Sequence[SourceFile], *, dags: str | None = None) -> list[str]:
    """Return why `files` may not ship as a release, one line a fault; empty when they may."""
    return [
        *_emptiness(files, dags),
        *listing_faults([(file.path, len(file.content)) for file in files]),
        *(
            f"{file.path}: {fault}; it would end Airflow's dag processor"
            for file in files
            if file.path.rpartition("/")[2] == IGNORE_FILE and (fault := ignore_fault(file.content))
        ),
    ]


def listing_faults(listing: Sequence[tuple[str, int]]) -> list[str]:
    """Return why files of these paths and sizes may not be in one tree; empty when they may."""
    return [*_path_faults([path for path, _ in listing]), *_size_faults(listing)]


def _emptiness(files: Sequence[SourceFile], dags: str | None) -> Iterator[str]:
    # Airflow marks every workflow of a bundle stale at once when its files are gone.
    held = [file.path for file in files if file.path.rpartition("/")[2] != IGNORE_FILE]
    if dags is None and not held:
        yield "there is no file; Airflow would drop every workflow"
    if dags is not None and not any(path.startswith(f"{dags}/") for path in held):
        yield f"there is no file below {dags}/; Airflow would drop every workflow"


def _path_faults(paths: Sequence[str]) -> Iterator[str]:
    seen: dict[str, str] = {}
    for path in paths:
        if fault := path_fault(path):
            yield f"{path!r}: {fault}"
            continue
        if (name := folded(path)) in seen:
            yield f"{path!r}: it has the name of {seen[name]!r} on a file system that ignores case"
        else:
            seen[name] = path
    for folder, path in _folders(seen).items():
        if folder in seen:
            yield f"{seen[folder]!r}: it is a file, and the folder of {path!r}"


def _folders(seen: dict[str, str]) -> dict[str, str]:
    """Return the folded name of every folder above the paths in `seen`, with one path in it."""
    folders: dict[str, str] = {}
    for name, path in seen.items():
        folder = name.rpartition("/")[0]
        while folder and folder not in folders:
            folders[folder] = path
            folder = folder.rpartition("/")[0]
    return folders


def _size_faults(listing: Sequence[tuple[str, int]]) -> Iterator[str]:
    if len(listing) > MAX_FILES:
        yield f"{len(listing)} files are more than {MAX_FILES}"
    for path, size in listing:
        if size > MAX_FILE_BYTES:
            yield f"{path!r}: it has {size} bytes, more than {MAX_FILE_BYTES}"
    if (total := sum(size for _, size in listing)) > MAX_TREE_BYTES:
        yield f"all files have {total} bytes, more than {MAX_TREE_BYTES}"
