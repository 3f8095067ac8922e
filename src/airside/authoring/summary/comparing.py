"""Figures of a run beside those of the runs before it."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Final

from airside.authoring.summary.document import Figure
from airside.authoring.summary.reported import Number

RUNS: Final = 10
"""How many earlier runs a figure is compared with, at most."""


def compared(name: str, value: Number, earlier: Sequence[Number]) -> Figure:
    """Return the figure `name` beside `earlier`, the newest of which comes first."""
    known = earlier[:RUNS]
    if not known:
        return Figure(name=name, value=value)
    usual = median(known)
    return Figure(name=name, value=value, median=usual, change=_change(usual, value), runs=len(known))


def compared_all(figures: Mapping[str, Number], earlier: Sequence[Mapping[str, Number]]) -> tuple[Figure, ...]:
    """Return each figure of a task beside those of `earlier` runs that reported one of that name."""
    return tuple(
        compared(name, value, [run[name] for run in earlier if name in run]) for name, value in figures.items()
    )


def _change(usual: Number, value: Number) -> float | None:
    """Return by how many percent `value` is above `usual`, to a tenth."""
    if usual == 0:
        return None
    change = (value / abs(usual) - usual / abs(usual)) * 100
    return round(change, 1) if abs(change) < 1e9 else None  # noqa: PLR2004 - nobody reads more than that
