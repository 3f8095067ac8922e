"""A mail server in a thread of the process that runs the tests."""
