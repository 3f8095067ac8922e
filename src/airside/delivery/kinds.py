"""What may point to which release: environments to those of workflows, channels of secrets to those of secrets."""

from airside.base.errors import RefusedError
from airside.base.names import is_channel, told
from airside.release.record import Record


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
