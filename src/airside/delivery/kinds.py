"""What may point to which release: environments to those of workflows, channels of secrets to those of secrets."""

from typing import Final

from airside.base.errors import IntegrityError, RefusedError
from airside.base.names import command_line, is_channel, told
from airside.release.manifest import Manifest
from airside.release.record import Record

FOLDER: Final = "secrets"
"""Where the documents are in a tree of secrets, which holds nothing else. A tree of workflows has other files."""


def misplaced(record: Record, name: str) -> str | None:
    """Return why the environment or channel `name` cannot point to the release, as a sentence; None where it can.

    The name in a signed pointer keeps it from standing for another one. This keeps whoever may move both from letting
    one point to what the other is for.
    """
    if (record.holds == "secrets") == is_channel(name):
        return None
    found = "secrets" if record.holds else "workflows"
    return f"Release {record.id} holds {found}, so it is none for {told(name)}"


def require_kind(record: Record, name: str) -> None:
    """Refuse a move of the environment or channel `name` to a release that it cannot serve.

    Raises:
        RefusedError: The one is of secrets and the other of workflows.
    """
    if fault := misplaced(record, name):
        raise RefusedError(
            fault, hint="`airside deploy` releases workflows, `airside secrets apply` secrets. Nothing was changed."
        )


def require_tree_kind(manifest: Manifest, name: str) -> None:
    """Refuse to serve a tree as the environment or channel `name` that is of the other kind.

    It is told by its files, for readers who demand no signatures, and so read no record.

    Raises:
        IntegrityError: The one is of secrets and the other of workflows.
    """
    holds_secrets = all(file.path.startswith(f"{FOLDER}/") for file in manifest.files)
    if manifest.files and holds_secrets != is_channel(name):
        found = "secrets" if holds_secrets else "workflows"
        raise IntegrityError(
            f"Tree {manifest.digest} holds {found}, so it is none for {told(name)}", hint=moved_there(name)
        )


def moved_there(name: str) -> str:
    """Return the hint how to find out who let `name` point to what it cannot serve."""
    return f"`{command_line('history', name)}` tells who moved it there."
