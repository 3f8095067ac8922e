"""Signing: keys, who signs, whom to trust, and whether a signature holds. Through securesystemslib.

Nothing here is imported to start a task of a known version: its tree is verified by its digest alone.
"""
