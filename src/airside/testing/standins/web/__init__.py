"""Servers that speak HTTP, in threads of the process that runs the tests."""
