"""What `[image]` of `airside.toml` may say: how the image of the platform is made, and what it is called."""

from airside.workspace.fields import Section


class ImageSettings(Section):
    """``[image]``: how the image of the platform is made, and what it is called."""
