"""What `[compose]` of `airside.toml` may say: the platform in containers on one machine."""

from airside.workspace.fields import Section


class ComposeSettings(Section):
    """``[compose]``: the platform in containers on one machine."""
