"""The last task of a run: what each task did, how long it took, and how that compares with the runs before."""
