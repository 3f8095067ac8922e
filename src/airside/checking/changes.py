"""Which files of a workspace differ from a commit."""

from airside.base.errors import UsageError, WorkspaceError
from airside.workspace.git import open_repository
from airside.workspace.workspace import Workspace


def changed_files(workspace: Workspace, since: str | None) -> list[str]:
    """Return the files that are not as the commit has them, those that are new or gone among them.

    Args:
        workspace: The workspace; its paths are relative to it.
        since: A branch, tag or commit: all changes since this branch left it count. None: those since the last commit.

    Raises:
        UsageError: There is no git repository, or it does not know `since`.
    """
    try:
        repository = open_repository(workspace.root)
    except WorkspaceError as error:
        raise UsageError(
            f"Which files have changed cannot be told: {workspace.root} is in no git repository that can be read",
            hint="Run `airside check` without --changed: it needs no git.",
        ) from error
    return repository.changes(["."]) if since is None else repository.changes_since(since)


def repository_prefix(workspace: Workspace) -> str:
    """Return the path of the workspace in its repository, with a slash at its end; empty at the top or without git."""
    try:
        return open_repository(workspace.root).prefix
    except WorkspaceError:
        # Without a repository the workspace is the top of what anybody could mean.
        return ""
