"""What `[ci]` of `airside.toml` may say: the pipeline that ships the workspace."""

from airside.workspace.fields import Section


class CiSettings(Section):
    """``[ci]``: the pipeline that ships the workspace."""
