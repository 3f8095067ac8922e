"""What `[celery]` of `airside.toml` may say: the platform on machines of one's own."""

from airside.workspace.fields import Section


class CelerySettings(Section):
    """``[celery]``: the platform on machines of one's own."""
