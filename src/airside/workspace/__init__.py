"""A workspace: `airside.toml`, the folders it names, templates and git."""
