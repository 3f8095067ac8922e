"""Checks that run before the work of a workflow, and end its run with a reason."""
