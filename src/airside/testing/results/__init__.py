"""What a test has in its hands after a run: the outcome, tables, messages, assertions."""
