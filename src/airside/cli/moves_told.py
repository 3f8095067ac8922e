"""The history of an environment or of its secrets, as a table and as a document."""

from collections.abc import Mapping, Sequence
from itertools import islice

from airside.base.names import is_channel
from airside.cli.context import Context
from airside.cli.trusted import approved_by, signed_by
from airside.delivery.environments import read_history
from airside.release.pointer import Pointer


def tell_moves(context: Context, name: str, limit: int) -> None:
    """Print the last `limit` moves of the environment or channel `name`, the newest first.

    Raises:
        UnknownEnvironmentError: It has never been moved.
        StoreUnavailableError: The store does not answer.
    """
    entries = list(islice(read_history(context.store, name), limit))
    signers = [signed_by(context, entry.envelope) for entry in entries]
    approvers = [approved_by(context, entry.pointer) for entry in entries]
    words = {"deploy": "apply"} if is_channel(name) else {}
    told = [(entry.pointer, *names) for entry, names in zip(entries, zip(signers, approvers, strict=True), strict=True)]
    columns = ("generation", "action", "release", "tree", "by", "signed by", "approved by", "at", "why")
    dropped = None if any(approvers) else columns.index("approved by")
    context.output.table(_without(columns, dropped), (_without(_row(*entry, words), dropped) for entry in told))
    context.output.document([_document(*entry) for entry in told])


def _without(row: Sequence[str], column: int | None) -> Sequence[str]:
    return row if column is None else (*row[:column], *row[column + 1 :])


def _row(entry: Pointer, signers: Sequence[str], approvers: Sequence[str], words: Mapping[str, str]) -> tuple[str, ...]:
    action = words.get(entry.action, entry.action) + (" (pinned)" if entry.pin else "")
    moved = (str(entry.generation), action, entry.release, entry.tree.short)
    return *moved, entry.actor, ", ".join(signers) or "unsigned", ", ".join(approvers), entry.at, entry.reason


def _document(entry: Pointer, signers: Sequence[str], approvers: Sequence[str]) -> dict[str, object]:
    return {
        "generation": entry.generation,
        "action": entry.action,
        "release": entry.release,
        "tree": entry.tree,
        "restores": entry.restores,
        "actor": entry.actor,
        "signed_by": signers,
        "approved_by": approvers,
        "at": entry.at,
        "reason": entry.reason,
        "pinned": entry.pin is not None,
    }
