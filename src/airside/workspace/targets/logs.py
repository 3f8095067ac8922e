"""What `[logs]` of `airside.toml` may say: where the logs of tasks are kept."""

from airside.workspace.fields import Section


class LogsSettings(Section):
    """``[logs]``: where the logs of tasks are kept."""
