"""A silence, as the verbs of `airside alerts` show it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from airside.release.silence import Silence


def silence_document(silence: "Silence") -> dict[str, object]:
    """Return `silence` as JSON shows it."""
    return {
        "id": silence.id,
        "workflows": silence.workflows,
        "environments": silence.environments,
        "reason": silence.reason,
        "actor": silence.actor,
        "at": silence.at,
        "until": silence.until,
    }
