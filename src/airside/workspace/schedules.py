"""When a new workflow runs: a preset, a cron expression, or only when it is asked to.

Airflow itself is not here to be asked. What it takes beside these, such as `croniter`'s expressions of six fields, is
for the author to write.
"""

import re
from collections.abc import Iterable
from typing import Final

from airside.base.errors import UsageError
from airside.base.suggestions import suggestion

PRESETS: Final = ("@once", "@continuous", "@hourly", "@daily", "@weekly", "@monthly", "@quarterly", "@yearly")
"""Those of Airflow 3.3.2: airflow/utils/dates.py, and `_create_timetable` in airflow/sdk/definitions/dag.py."""

NEVER: Final = "none"
"""Runs are started by hand, or by another workflow."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS: Final = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of the month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of the week", 0, 7, _DAYS),
)
_LAST = {"day of the month": re.compile(r"l"), "day of the week": re.compile(r"(l[0-7]|[0-7a-z]+#[1-5])")}
"""croniter's: the last day of the month, the last Friday, the second Monday."""

_PART = re.compile(r"(?:\*|(?P<first>\w+)(?:-(?P<last>\w+))?)(?:/(?P<step>\d+))?")


def read_schedule(text: str) -> str | None:
    """Return `text` as the `schedule` of a DAG; None for a workflow that runs when it is asked to.

    Raises:
        UsageError: It is no schedule; the message says which field of a cron expression is wrong.
    """
    schedule = " ".join(text.split())
    if schedule.lower() in {NEVER, ""}:
        return None
    if schedule in PRESETS:
        return schedule
    if schedule.startswith("@") or schedule.isalpha():
        known = ", ".join((*PRESETS, NEVER))
        near = suggestion(f"@{schedule.lower().removeprefix('@')}", PRESETS)
        raise _refusal(schedule, f"the presets are {known}{near}")
    fields = schedule.split(" ")
    if len(fields) != len(_FIELDS):
        what = "1 field" if len(fields) == 1 else f"{len(fields)} fields"
        raise _refusal(schedule, f"it has {what}, and a cron expression has 5")
    for field, (name, low, high, words) in zip(fields, _FIELDS, strict=True):
        _require_field(schedule, field, name, [*map(str, range(low, high + 1)), *words])
    return schedule


def _require_field(schedule: str, field: str, name: str, known: list[str]) -> None:
    for part in field.lower().split(","):
        if name in _LAST and _LAST[name].fullmatch(part):
            continue
        if not _holds(part, known):
            shown = f"{known[0]}-{max(int(value) for value in known if value.isdigit())}"
            raise _refusal(schedule, f"{part!r} is no {name} ({shown}{_words(known)})")


def _holds(part: str, known: list[str]) -> bool:
    match = _PART.fullmatch(part)
    if match is None or (match["step"] is not None and int(match["step"]) == 0):
        return False
    # `01` is 1.
    ends = [end.lstrip("0") or "0" for end in (match["first"], match["last"]) if end is not None]
    return all(end in known for end in ends)


def _words(known: Iterable[str]) -> str:
    words = [value for value in known if value.isalpha()]
    return f", {words[0]}-{words[-1]}" if words else ""


def _refusal(schedule: str, why: str) -> UsageError:
    return UsageError(
        f"{schedule!r} is no schedule: {why}",
        hint="Such as @daily, '30 6 * * mon-fri' (minute, hour, day, month, day of the week), or none.",
    )
