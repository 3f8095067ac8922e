"""Garbage collection: removing from a store what nothing needs (docs/formats/garbage-collection.md).

A run marks what is dead. A later one, a day after, looks again and removes what still is. Whoever comes to rely on
a dead object in between takes the mark away first, so that of the two exactly one wins.
"""
