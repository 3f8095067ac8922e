"""Promotions: to what another environment serves, or to what it has served of a commit."""

from airside.base.digest import Digest
from airside.base.errors import UsageError, WorkspaceError
from airside.cli.context import Context
from airside.delivery.built_from import Content, parse_commit, release_built_from
from airside.delivery.moves import Proposal, Request, propose_promotion, propose_release

_SHOWN = 12
"""Digits of a commit that are shown."""


def promotion(context: Context, source: str, target: str, commit: str | None, reason: str = "") -> Proposal:
    """Propose to move `target` to the release that `source` serves, or to the one that it served of `commit`.

    Raises:
        UsageError: Both are the same environment, one is not declared, or `commit` cannot be the name of one.
        RefusedError: There is not exactly one release of the commit.
    """
    settings = context.workspace.settings
    settings.environment(source)
    settings.environment(target)
    if source == target:
        raise UsageError(f"{source!r} cannot be promoted to itself")
    if commit is None:
        request = Request(context.workspace.name, target, context.actor, reason or f"promoted from {source}")
        return propose_promotion(context.store, request, source)
    wanted = parse_commit(commit)
    record = release_built_from(context.store, source, wanted, lambda: _content(context, wanted))
    if not (record.source.commit or "").startswith(wanted):
        origin = str(record.source.commit)[:_SHOWN]
        text = f"Commit {wanted[:_SHOWN]} changes nothing that ships: release {record.id} of {origin} is the same"
        context.output.progress(text)
    told = f"promoted from {source}, commit {wanted[:_SHOWN]}"
    request = Request(context.workspace.name, target, context.actor, reason or told)
    return propose_release(context.store, request, record.id)


def _content(context: Context, commit: str) -> Content | None:
    """Return what a release of `commit` would be; None where this repository does not tell."""
    from airside.platform.environment import LOCK_FILE
    from airside.release.tree import Tree
    from airside.workspace.source import committed_file, read_commit

    try:
        if (files := read_commit(context.workspace, commit)) is None:
            return None
        lock = committed_file(context.workspace, LOCK_FILE, commit)
    except WorkspaceError:  # no repository, or the commit holds what cannot ship
        return None
    return Content(Tree.of_sources(files).digest, Digest.of(lock) if lock is not None else None)
