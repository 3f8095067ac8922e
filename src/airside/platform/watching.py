"""Whether there is something to watch for: alerts to send, or summaries to note."""

import re
from typing import Final

from airside.workspace.workspace import Workspace

_MAKES_SUMMARIES: Final = re.compile(
    rb"^[ \t]*(?:from|import)[ \t]+airside\b(?:[^\n(]*|[^\n(]*\([^)]*)\b(?:workflow|summary)", re.MULTILINE
)
"""In a DAG file: `from airside import workflow`, `from airside.authoring.workflow import …`."""


def needs_alerts(workspace: Workspace) -> bool:
    """Tell whether `airside.toml` names channels, or a DAG file makes workflows with summaries."""
    if workspace.settings.alerts:
        return True
    folder = workspace.root / workspace.settings.workspace.dags
    return any(_MAKES_SUMMARIES.search(path.read_bytes()) for path in sorted(folder.rglob("*.py")) if path.is_file())
