"""Configs: YAML files by dotted name, layered per environment, read from the release that runs."""
