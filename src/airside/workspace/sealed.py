"""The encrypted documents of a workspace that an environment has: those of the commit, or of the working tree."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from airside.base.errors import UsageError, WorkspaceError
from airside.base.names import bundle_name
from airside.release.record import Source
from airside.workspace.git import Commit, Repository, open_repository
from airside.workspace.source import dirty_tree, source_of
from airside.workspace.workspace import Workspace

_FILES: Final = frozenset({"100644", "100755"})
_FOLDER: Final = "secrets"
_BASE: Final = f"{_FOLDER}/base.yaml"
_MAX_BYTES: Final = 8 * 1024 * 1024
"""Bytes of a document: 20,000 connections fit. Readers take no larger one (docs/formats/secrets.md)."""


@dataclass(frozen=True, slots=True)
class SealedDocuments:
    """Documents by path, as bytes, and where they come from."""

    documents: Mapping[str, bytes]
    source: Source


def document_paths(environment: str) -> tuple[str, str]:
    """Return the paths of the documents that make the secrets of `environment`, the later above the earlier one."""
    return _BASE, f"{_FOLDER}/{bundle_name(environment)}.yaml"


def read_sealed(workspace: Workspace, environment: str, *, allow_dirty: bool) -> SealedDocuments:
    """Return the documents of `environment`, those that there are.

    Raises:
        DirtyTreeError: One differs from the commit, and `allow_dirty` is false.
        UsageError: There is none.
        WorkspaceError: There is no repository or no commit, or a document is no file or too large.
    """
    paths, repository = document_paths(environment), open_repository(workspace.root)
    commit = repository.head()
    changes = repository.changes(paths) if commit else list(paths)
    if changes and not allow_dirty:
        raise dirty_tree(changes) if commit else _uncommitted(workspace)
    found = _working(workspace, paths) if changes else _committed(repository, commit, paths)
    if not found:
        raise UsageError(
            f"{environment!r} has no document of secrets: neither {' nor '.join(paths)}",
            hint=f"Make one: airside secrets init {environment}",
        )
    if large := next((path for path, data in found.items() if len(data) > _MAX_BYTES), None):
        raise WorkspaceError(f"{large} has more than {_MAX_BYTES} bytes", hint="Take what is no secret out of it.")
    return SealedDocuments(found, source_of(repository, commit, dirty=bool(changes)))


def documents_at(workspace: Workspace, commit: str) -> Iterator[Mapping[str, bytes]]:
    """Yield what each environment could have been given from an earlier commit: documents by path.

    Nothing where the repository lacks the commit.

    Raises:
        WorkspaceError: There is no repository.
    """
    repository = open_repository(workspace.root)
    if not repository.has_commit(commit):
        return
    entries = {entry.path: entry for entry in repository.entries([_FOLDER], commit) if entry.mode in _FILES}
    contents = repository.contents(entry.object_id for entry in entries.values())
    for own in entries:
        yield {path: contents[entries[path].object_id] for path in {_BASE, own} if path in entries}


def _uncommitted(workspace: Workspace) -> WorkspaceError:
    return WorkspaceError(
        f"The repository of {workspace.root} has no commit yet",
        hint="Commit first: git add . && git commit; or apply what is there with --allow-dirty",
    )


def _committed(repository: Repository, commit: Commit | None, paths: tuple[str, ...]) -> dict[str, bytes]:
    entries = repository.entries(paths, commit.object_id) if commit else []
    for entry in entries:
        if entry.mode not in _FILES:
            raise WorkspaceError(f"{entry.path} is not a file", hint="Replace it by the document itself.")
    contents = repository.contents(entry.object_id for entry in entries)
    return {entry.path: contents[entry.object_id] for entry in entries}


def _working(workspace: Workspace, paths: tuple[str, ...]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for path in paths:
        try:
            found[path] = (workspace.root / path).read_bytes()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise WorkspaceError(f"{path} cannot be read: {error.strerror}") from error
    return found
