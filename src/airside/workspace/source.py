"""The files of a workspace that ship: those of the commit that is checked out, or of the working tree."""

import os
import posixpath
import stat
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from airside.base.errors import DirtyTreeError, WorkspaceError
from airside.config.files import LOCAL_LAYER
from airside.release.record import Source
from airside.release.source import SourceFile
from airside.running.current import DEFAULTS
from airside.workspace.git import Commit, Repository, open_repository
from airside.workspace.layout import IGNORE_FILE, ignore_file
from airside.workspace.reading import parse_settings
from airside.workspace.settings import SETTINGS_FILE, Settings, WorkspaceSettings
from airside.workspace.workspace import Workspace

_LINK, _SUBMODULE, _EXECUTABLE, _FILE = "120000", "160000", "100755", "100644"
_SHOWN = 5
_MAX_LINKS = 40
"""As many links as Linux follows in one path."""
_LFS = b"version https://git-lfs.github.com/spec/"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a release is made of: the files, sorted by path, and where they come from."""

    files: tuple[SourceFile, ...]
    source: Source


@dataclass(frozen=True, slots=True)
class _Found:
    """A file before links are followed; of a link, `content` is its target."""

    mode: str
    content: bytes


def read_source(workspace: Workspace, *, allow_dirty: bool) -> Snapshot:
    """Return the files of `dags` and `include`, a generated root `.airflowignore`, and what `[defaults]` says.

    The same commit gives the same bytes on every machine. With `allow_dirty`, a working tree that differs from its
    commit, or has none, is read in place of the commit.

    Raises:
        DirtyTreeError: The working tree differs from the commit, and `allow_dirty` is false.
        WorkspaceError: There is no repository or no commit, or a file cannot ship: a submodule, a pointer of
            Git LFS, a link that leads out of what ships, a config for one machine.
    """
    repository = open_repository(workspace.root)
    commit = repository.head()
    if commit is None and not allow_dirty:
        raise WorkspaceError(
            f"The repository of {workspace.root} has no commit yet",
            hint="Commit first: git add . && git commit; or release the working tree with --allow-dirty",
        )
    changes = _changes(workspace, repository) if commit else []
    if changes and not allow_dirty:
        raise dirty_tree(changes)
    dirty = commit is None or bool(changes)
    entries = workspace.settings.workspace.entries
    found = _working_tree(workspace, repository) if dirty else _committed(repository, entries)
    files = _files(found, workspace.settings)
    return Snapshot(files, source_of(repository, commit, dirty=dirty))


def read_commit(workspace: Workspace, commit: str) -> tuple[SourceFile, ...] | None:
    """Return what a release of an earlier commit holds; None where the repository lacks the commit.

    Raises:
        WorkspaceError: The commit holds what cannot ship, or no valid `airside.toml`.
    """
    repository = open_repository(workspace.root)
    if not repository.has_commit(commit):
        return None
    entries = repository.entries([SETTINGS_FILE], commit)
    contents = repository.contents(entry.object_id for entry in entries)
    settings = [parse_settings(data, workspace.root / SETTINGS_FILE) for data in contents.values()]
    if not settings:
        return None
    return _files(_committed(repository, settings[0].workspace.entries, commit), settings[0])


def committed_file(workspace: Workspace, name: str, commit: str = "HEAD") -> bytes | None:
    """Return the bytes that a commit has of the file `name` of the workspace; None where it has no such file.

    Raises:
        WorkspaceError: There is no repository, or no such commit in it.
    """
    repository = open_repository(workspace.root)
    entries = [entry.object_id for entry in repository.entries([name], commit) if entry.mode in {_FILE, _EXECUTABLE}]
    return next(iter(repository.contents(entries).values())) if entries else None


def _files(found: Mapping[str, _Found], settings: Settings) -> tuple[SourceFile, ...]:
    local = next((path for path in found if path.startswith(f"{LOCAL_LAYER}/")), None)
    if local is not None:
        raise WorkspaceError(
            f"{local} is for one machine, and would ship to every environment",
            hint=f"Let git ignore /{LOCAL_LAYER}/, and take it out: git rm -r --cached {LOCAL_LAYER}, then commit.",
        )
    files = [*_shipped(found), _ignore(settings.workspace, found)]
    if (defaults := settings.defaults.encoded()) is not None:
        files.append(SourceFile(path=DEFAULTS, content=defaults, executable=False))
    return tuple(sorted(files, key=lambda file: os.fsencode(file.path)))


def _changes(workspace: Workspace, repository: Repository) -> list[str]:
    changes = repository.changes(workspace.settings.workspace.entries)
    return changes if _ships_the_same(workspace, repository) else [SETTINGS_FILE, *changes]


def _ships_the_same(workspace: Workspace, repository: Repository) -> bool:
    """Tell whether the committed `airside.toml` says the same of what ships as the one in the working tree."""
    entries = repository.entries([SETTINGS_FILE])
    contents = repository.contents(entry.object_id for entry in entries)
    try:
        committed = [parse_settings(data, workspace.root / SETTINGS_FILE) for data in contents.values()]
    except WorkspaceError:
        return False
    shipped = [(settings.workspace, settings.defaults) for settings in committed]
    return shipped == [(workspace.settings.workspace, workspace.settings.defaults)]


def dirty_tree(changes: Sequence[str]) -> DirtyTreeError:
    """Return the error that says which files no commit holds."""
    named = ", ".join(f"{name!r}" for name in changes[:_SHOWN])
    more = f" and {len(changes) - _SHOWN} more" if len(changes) > _SHOWN else ""
    return DirtyTreeError(
        f"The working tree differs from its commit: {named}{more}",
        hint="Commit the changes (git add, git commit), or release them as they are with --allow-dirty",
    )


def _committed(repository: Repository, entries: Sequence[str], commit: str = "HEAD") -> dict[str, _Found]:
    found = repository.entries(entries, commit)
    submodule = next((entry.path for entry in found if entry.mode == _SUBMODULE), None)
    if submodule is not None:
        raise _submodule(submodule)
    contents = repository.contents(entry.object_id for entry in found)
    return {entry.path: _Found(entry.mode, contents[entry.object_id]) for entry in found}


def _working_tree(workspace: Workspace, repository: Repository) -> dict[str, _Found]:
    names = repository.working_files(workspace.settings.workspace.entries)
    read = {name: _read(workspace, name) for name in names}
    return {name: found for name, found in read.items() if found is not None}


def _read(workspace: Workspace, name: str) -> _Found | None:
    path = workspace.root / name
    try:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            return _Found(_LINK, os.fsencode(path.readlink()))
        if stat.S_ISDIR(mode):
            raise _submodule(name.rstrip("/"))
        return _Found(_EXECUTABLE if mode & stat.S_IXUSR else _FILE, path.read_bytes())
    except FileNotFoundError:
        return None  # deleted, which the index does not know yet
    except OSError as error:
        raise WorkspaceError(f"{path} cannot be read: {error.strerror}") from error


def _shipped(found: Mapping[str, _Found]) -> Iterable[SourceFile]:
    for path in found:
        file = _followed(path, found)
        if file.content.startswith(_LFS):
            raise WorkspaceError(
                f"{path} is a pointer of Git LFS, not the file itself",
                hint="Keep what ships out of Git LFS: git lfs untrack, then commit the file.",
            )
        yield SourceFile(path=path, content=file.content, executable=file.mode == _EXECUTABLE)


def _followed(path: str, found: Mapping[str, _Found]) -> _Found:
    place = path
    for _ in range(_MAX_LINKS):
        file = found.get(place)
        if file is None:
            break
        if file.mode != _LINK:
            return file
        target = os.fsdecode(file.content)
        place = posixpath.normpath(posixpath.join(posixpath.dirname(place), target))
    raise WorkspaceError(
        f"The symbolic link {path} -> {os.fsdecode(found[path].content)} does not lead to a file that ships",
        hint="Replace it by the file, or add the folder of its target to workspace.include.",
    )


def _submodule(path: str) -> WorkspaceError:
    return WorkspaceError(
        f"{path} is a git repository of its own (a submodule), and a release is made of one commit",
        hint="Add its files to this repository, or install it as a package in requirements.txt.",
    )


def _ignore(settings: WorkspaceSettings, found: Mapping[str, _Found]) -> SourceFile:
    include = settings.include
    files = [entry for entry in include if entry in found]
    folders = [entry for entry in include if any(path.startswith(f"{entry}/") for path in found)]
    return SourceFile(path=IGNORE_FILE, content=ignore_file(folders, files), executable=False)


def source_of(repository: Repository, commit: Commit | None, *, dirty: bool) -> Source:
    """Return where the files of a release come from."""
    return Source(
        commit=commit.object_id if commit else None,
        branch=repository.branch(),
        repository=repository.origin(),
        author=commit.author if commit else None,
        message=commit.message if commit else None,
        dirty=dirty,
    )
