"""How often flights are late. Flights without an arrival (cancelled, diverted) are left out."""

from typing import Any

import pandas as pd

from lib.flights import carrier_names

Row = dict[str, Any]


def by_carrier(flights: pd.DataFrame, late_after: int) -> list[Row]:
    """Return a row for each carrier, the one that is late most often first.

    Each has `carrier`, `name`, `flights`, `late`, `late_percent` and `mean_delay` (minutes).
    """
    names = carrier_names()
    return [{"carrier": row["carrier"], "name": names[row["carrier"]], **row} for row in _late(flights, "carrier", late_after)]


def by_airport(flights: pd.DataFrame, late_after: int) -> list[Row]:
    """Return a row for each airport of destination (`airport`), else as `by_carrier`."""
    return _late(flights.rename(columns={"dest": "airport"}), "airport", late_after)


def _late(flights: pd.DataFrame, key: str, late_after: int) -> list[Row]:
    arrived = flights.dropna(subset=["arr_delay"])
    late = arrived["arr_delay"] > late_after
    groups = arrived.assign(late=late).groupby(key)
    table = groups.agg(flights=("late", "size"), late=("late", "sum"), mean_delay=("arr_delay", "mean")).reset_index()
    table["late_percent"] = (100 * table["late"] / table["flights"]).round(1)
    table["mean_delay"] = table["mean_delay"].round(1)
    table = table.sort_values(["late_percent", key], ascending=[False, True])
    # Plain numbers: they travel between tasks as JSON.
    return [
        {
            key: str(row[key]),
            "flights": int(row["flights"]),
            "late": int(row["late"]),
            "late_percent": float(row["late_percent"]),
            "mean_delay": float(row["mean_delay"]),
        }
        for row in table.to_dict("records")
    ]


def report(carriers: list[Row], airports: list[Row], late_after: int) -> str:
    """Return what was found, as Markdown."""
    flights, late = sum(row["flights"] for row in carriers), sum(row["late"] for row in carriers)
    lines = [
        f"# {100 * late / flights:.1f} % of {flights:,} flights arrived more than {late_after} minutes late",
        "",
        "| carrier | flights | late |",
        "|---|---:|---:|",
        *(f"| {row['name']} | {row['flights']:,} | {row['late_percent']:.1f} % |" for row in carriers),
        "",
        "Worst airports: " + ", ".join(f"{row['airport']} ({row['late_percent']:.1f} %)" for row in airports[:5]),
        "",
    ]
    return "\n".join(lines)
