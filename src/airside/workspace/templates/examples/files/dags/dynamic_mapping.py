"""As many tasks as there are files, known only while the workflow runs."""

from airflow.sdk import dag, get_current_context, task

FILES = {"paris.csv": 3, "berlin.csv": 5, "rome.csv": 4}
"""What a real task would list: names, and how many rows each has."""


@task
def list_files() -> list[str]:
    """Return the files of today. The number of tasks `count` follows from it."""
    return sorted(FILES)


@task(map_index_template="{{ file }}")  # the UI shows the name of the file in place of 0, 1, 2
def count(file: str) -> int:
    """Count the rows of one file. Each file is a task of its own: with its log, its retries, its state."""
    get_current_context()["file"] = file
    return rows_of(file)


def rows_of(file: str) -> int:
    """Return how many rows `file` has."""
    return FILES[file]


@task
def total(rows: list[int]) -> int:
    """Add up the results of all `count`, which come as one list in the order of the files."""
    return sum(rows)


@dag(schedule=None, tags=["example"], doc_md=__doc__)
def dynamic_mapping():
    total(count.expand(file=list_files()))


workflow = dynamic_mapping()
