"""A process of its own for each run: the fork from a warm parent, what it may do, and its end."""
