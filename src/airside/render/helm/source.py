"""Where a cluster has DAG files from."""

from enum import StrEnum


class DagSource(StrEnum):
    """Where a cluster has DAG files from."""

    RELEASE = "release"
    """Releases of the tracked environments."""
    GIT_SYNC = "git-sync"
    """A container beside each component copies a repository."""
    GIT_BUNDLE = "git-bundle"
    """Airflow's `GitDagBundle` copies a repository."""
