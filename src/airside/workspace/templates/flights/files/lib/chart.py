"""The picture of the delays."""

import os
from pathlib import Path

from airside import config


def output_folder() -> Path:
    """Return where pictures go: `FLIGHTS_OUTPUT`, else `charts` in Airflow's own folder."""
    if folder := os.environ.get("FLIGHTS_OUTPUT"):
        return Path(folder)
    return Path(os.environ.get("AIRFLOW_HOME", "~/airflow")).expanduser() / "charts"


def draw(carriers: list[dict], airports: list[dict], late_after: int, path: Path) -> Path:
    """Draw the carriers and the worst airports as bars into the PNG file `path`, and return it."""
    # Agg draws without a screen.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 6), layout="constrained")
    left, right = figure.subplots(1, 2)
    _bars(left, "carriers", {row["name"]: row["late_percent"] for row in carriers})
    worst = airports[: config.get("flights.airports_shown")]
    _bars(right, "airports", {row["airport"]: row["late_percent"] for row in worst})
    figure.suptitle(f"Flights from New York, 2013: % more than {late_after} minutes late")
    path.parent.mkdir(parents=True, exist_ok=True)
    FigureCanvasAgg(figure).print_png(str(path))
    return path


def _bars(axes, title: str, percents: dict[str, float]) -> None:
    axes.barh(list(reversed(percents)), list(reversed(percents.values())), color="#2f6f9f")
    axes.set_title(title)
    axes.set_xlabel("% late")
