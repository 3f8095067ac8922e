"""The YAML form of functional tests: `tests/functional/<workflow>.yaml`."""
