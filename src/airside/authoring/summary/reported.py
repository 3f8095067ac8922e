"""What a task reported: numbers by name and addresses, free of what no log may hold."""

import math
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from numbers import Integral, Real
from typing import Any, Final, Self

import msgspec

from airside.authoring.summary.addresses import cleaned

_COUNTS: Final = frozenset({"rows", "bytes", "files"})
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,63}")
_MOST_FIGURES: Final = 50
_MOST_LINKS: Final = 20
_LARGEST: Final = 2**63 - 1
"""What every reader of JSON that has integers at all can hold."""

Number = int | float


class Report(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one try of a task reported.

    Attributes:
        figures: Finite numbers by name.
        urls: Where results are.
        charts: Pictures and dashboards.
    """

    figures: dict[str, Number] = {}
    urls: tuple[str, ...] = ()
    charts: tuple[str, ...] = ()

    def __add__(self, other: Self) -> "Report":
        """Return both as one: numbers add up, each address is there once. What is over the limits is left out."""
        figures = dict(self.figures)
        for name, value in other.figures.items():
            figures[name] = _sum(figures.get(name, 0), value)
        return Report(
            figures=dict(list(figures.items())[:_MOST_FIGURES]),
            urls=_distinct(self.urls + other.urls),
            charts=_distinct(self.charts + other.charts),
        )

    def document(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return {"figures": dict(self.figures), "urls": list(self.urls), "charts": list(self.charts)}


def total(reports: Iterable[Report]) -> Report:
    """Return what several instances of a task reported, as one."""
    whole = Report()
    for each in reports:
        whole += each
    return whole


def parsed(document: object) -> Report | None:
    """Return the report that an XCom holds, looked at again, since any task may write one; None where it is none."""
    try:
        report = msgspec.convert(document, Report)
    except msgspec.ValidationError:
        return None
    return reported(report.figures, urls=report.urls, charts=report.charts)[0]


def reported(
    figures: Mapping[str, object], *, urls: Iterable[object] = (), charts: Iterable[object] = ()
) -> tuple[Report, tuple[str, ...]]:
    """Return what can be reported of this, and a sentence for each thing that cannot."""
    faults = [fault for name, value in figures.items() if (fault := _fault(name, value))]
    sound = {name: _number(value) for name, value in figures.items() if not _fault(name, value)}
    if len(sound) > _MOST_FIGURES:
        faults.append(f"{len(sound)} figures are more than {_MOST_FIGURES}")
    links = {"url": list(urls), "chart": list(charts)}
    faults += [f"{_shown(each)} in `{kind}` is no address" for kind in links for each in links[kind] if not _link(each)]
    report = Report(
        figures=dict(list(sound.items())[:_MOST_FIGURES]),
        urls=_distinct(link for each in links["url"] if (link := _link(each))),
        charts=_distinct(link for each in links["chart"] if (link := _link(each))),
    )
    return report, tuple(faults)


def _fault(name: str, value: object) -> str | None:
    if not _NAME.fullmatch(name):
        return f"{_shown(name)} is no name: a letter, then at most 63 letters, digits, dots, hyphens or underscores"
    if isinstance(value, bool) or not isinstance(value, Real | Decimal):
        return f"`{name}` is {_shown(value)}, which is no number"
    if not _fits(value):
        return f"`{name}` is not finite or too large"
    if name in _COUNTS and value < 0:
        return f"`{name}` is {_shown(value)}, which is less than nothing"
    return None


def _fits(value: Real | Decimal) -> bool:
    if isinstance(value, Integral):
        return abs(int(value)) <= _LARGEST
    try:
        return math.isfinite(float(value))
    except (OverflowError, ValueError):  # a fraction of huge numbers; a signalling NaN
        return False


def _number(value: Any) -> Number:  # noqa: ANN401 - of any numeric type: numpy's, a database's
    return int(value) if isinstance(value, Integral) else float(value)


def _sum(one: Number, other: Number) -> Number:
    result = one + other
    if isinstance(result, int):
        return max(-_LARGEST, min(_LARGEST, result))
    return result if math.isfinite(result) else one


def _link(value: object) -> str | None:
    return cleaned(value) if isinstance(value, str) else None


def _distinct(links: Iterable[str]) -> tuple[str, ...]:
    return tuple(list(dict.fromkeys(links))[:_MOST_LINKS])


def _shown(value: object) -> str:
    """Return the type of a value alone, where the value may be anything: a secret too."""
    return repr(value) if isinstance(value, int | float | Decimal) else f"a {type(value).__name__}"
