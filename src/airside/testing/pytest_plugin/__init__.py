"""What the plugin for pytest does once a test uses it; `airside.testing.plugin` has the hooks."""
