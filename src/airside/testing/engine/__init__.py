"""Scheduling of one run in memory: which task instances may start, and where the run ends."""
