"""Shared look-ups at the root of dags; a file without workflows."""

TABLES = {"orders": ["id", "total"], "customers": ["id"]}


def columns(table):
    return TABLES.get(table, [])
