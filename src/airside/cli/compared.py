"""The content of the files that a move changes, on both sides, as far as git has it here."""

from collections.abc import Mapping, Sequence

from airside.base.digest import Digest
from airside.base.errors import WorkspaceError
from airside.cli.context import Context
from airside.delivery.moves import Proposal
from airside.planning.configs import Contents
from airside.release.record import Record
from airside.release.source import SourceFile

_CONFIGS = "configs/"


def contents(context: Context, proposal: Proposal, files: Sequence[SourceFile] | None, *, everything: bool) -> Contents:
    """Return what changed files held and will hold, by path; of one whose commit is not here nothing is said.

    Args:
        context: The invocation.
        proposal: The move.
        files: Of a release that is not in the store yet.
        everything: All files, not `configs` alone.
    """
    plan = proposal.plan
    olds = {file.path: file.sha256 for file in (*plan.changed_from, *plan.removed) if _counts(file.path, everything)}
    news = {file.path: file.sha256 for file in (*plan.added, *plan.changed) if _counts(file.path, everything)}
    if not olds and not news:
        return {}
    before = _matching(_committed(context, proposal.before) if proposal.before else {}, olds)
    given = {file.path: file.content for file in files} if files is not None else _committed(context, proposal.record)
    after = _matching(given, news)
    known = {path for path in olds.keys() | news.keys() if _told(path, olds, before) and _told(path, news, after)}
    return {path: (before.get(path), after.get(path)) for path in sorted(known)}


def _counts(path: str, everything: bool) -> bool:  # noqa: FBT001 - the one choice there is
    return everything or path.startswith(_CONFIGS)


def _told(path: str, wanted: Mapping[str, str], found: Mapping[str, bytes]) -> bool:
    return path not in wanted or path in found


def _matching(found: Mapping[str, bytes], wanted: Mapping[str, str]) -> dict[str, bytes]:
    """Return what is wanted and is the very content of the release: a release of a dirty tree is not its commit."""
    return {path: found[path] for path, sha256 in wanted.items() if path in found and _is(found[path], sha256)}


def _is(content: bytes, sha256: str) -> bool:
    return Digest.of(content).hex == sha256


def _committed(context: Context, record: Record) -> Mapping[str, bytes]:
    from airside.workspace.source import read_commit

    if record.source.commit is None:
        return {}
    try:
        files = read_commit(context.workspace, record.source.commit)
    except WorkspaceError:  # no repository here, or a commit that could not ship today: nothing can be said
        return {}
    return {file.path: file.content for file in files or ()}
