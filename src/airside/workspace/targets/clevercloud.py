"""What `[clevercloud]` of `airside.toml` may say: the platform on Clever Cloud."""

from airside.workspace.fields import Section


class CleverCloudSettings(Section):
    """``[clevercloud]``: the platform on Clever Cloud."""
