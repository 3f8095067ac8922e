"""Verbs over a store: publish a release, move an environment, fetch a tree.

Writers write packs, tree, release, pointer, history, in this order; readers read in reverse. So whatever
a reader finds is whole, and a writer that is killed leaves at most objects that nothing refers to.
"""
